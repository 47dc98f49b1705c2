//! Credentials from a sign-in: AWS's federation endpoint and `aws login`, Alibaba Cloud's OAuth of its CLI.

mod alibaba;
mod aws_login;
mod aws_refusals;
mod browser;
mod cloud_sso;
mod elsewhere;
mod federation;
mod guesses;
mod pages;
mod proof;
