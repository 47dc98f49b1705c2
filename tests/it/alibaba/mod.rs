//! Alibaba Cloud's dialect over HTTP.

mod anonymous;
mod federation;
mod providers;
