FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY migrations migrations
COPY src src
COPY templates templates
# The manifest names the benchmark, so that it must be there.
COPY benches benches
RUN cargo build --release --locked --bin sesame

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/sesame --shell /usr/sbin/nologin sesame \
    && install -d -o sesame -g sesame /var/lib/sesame
COPY --from=build /build/target/release/sesame /usr/local/bin/sesame
USER sesame
WORKDIR /var/lib/sesame
VOLUME /var/lib/sesame
# As variables, so that flags given to the container go over them and the health check knows the address too. Whoever
# publishes the port decides who reaches the control surface; SESAME_CONTROL__TOKEN locks it.
ENV SESAME_SERVER__LISTEN=0.0.0.0:4260 \
    SESAME_STORE__URL=sqlite:///var/lib/sesame/sesame.db \
    SESAME_CONTROL__OPEN=true
EXPOSE 4260
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["sesame", "health"]
ENTRYPOINT ["sesame"]
CMD ["serve"]
