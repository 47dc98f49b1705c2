FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY migrations migrations
COPY src src
COPY templates templates
# The manifest names the benchmark, so that it must be there.
COPY benches benches
RUN cargo build --release --locked --bin sesame
# What the image is made of: the program, the libraries it is linked with, one user, a place for the store. No shell.
RUN set -eu; \
    install -D -m 755 target/release/sesame /image/usr/local/bin/sesame; \
    for library in $(ldd target/release/sesame | grep -o '/[^ ]*'); do cp -L --parents "$library" /image; done; \
    install -d /image/etc; \
    echo 'sesame:x:10001:10001:Sesame:/var/lib/sesame:/sbin/nologin' > /image/etc/passwd; \
    echo 'sesame:x:10001:' > /image/etc/group; \
    echo 'hosts: files dns' > /image/etc/nsswitch.conf; \
    install -d /store

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=10001:10001 /store /var/lib/sesame
USER 10001:10001
WORKDIR /var/lib/sesame
VOLUME /var/lib/sesame
# As variables, so that flags given to the container go over them and the health check knows the address too. Whoever
# publishes the port decides who reaches the control surface; SESAME_CONTROL__TOKEN locks it.
ENV PATH=/usr/local/bin \
    SESAME_SERVER__LISTEN=0.0.0.0:4260 \
    SESAME_STORE__URL=sqlite:///var/lib/sesame/sesame.db \
    SESAME_CONTROL__OPEN=true
EXPOSE 4260
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["sesame", "health"]
ENTRYPOINT ["sesame"]
CMD ["serve"]
