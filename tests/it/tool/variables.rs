//! `sesame env`, read by a real shell and then used.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Tool, binary, done};
use crate::support::ACCOUNT;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shell_reads_the_variables() {
    let tool = Tool::start().await;
    let script = "export AWS_SESSION_TOKEN=of-a-real-account\neval \"$(sesame env)\"\nenv | sort\n";
    let seen = tool.script(script).await.well().out;
    let url = tool.url();
    let authority = url.strip_prefix("http://").unwrap();
    for line in [
        "AWS_ACCESS_KEY_ID=test".to_owned(),
        "AWS_SECRET_ACCESS_KEY=test".to_owned(),
        "AWS_DEFAULT_REGION=us-east-1".to_owned(),
        format!("AWS_ENDPOINT_URL={url}"),
        format!("AWS_ENDPOINT_URL_IAM={url}"),
        format!("AWS_ENDPOINT_URL_STS={url}"),
        "ALIBABA_CLOUD_ACCESS_KEY_ID=test".to_owned(),
        format!("ALIBABA_CLOUD_ENDPOINT={authority}"),
        format!("RAM_ENDPOINT={authority}"),
    ] {
        assert!(seen.lines().any(|seen| seen == line), "{line} is not in {seen}");
    }
    assert!(!seen.contains("AWS_SESSION_TOKEN") && !seen.contains("PROXY"), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_says_lets_a_client_in() {
    let tool = Tool::start().await;
    let of = async |line: &str| tool.line(line).await.well().json();
    let key = |variables: &Value, prefix: &str, secret: &str| {
        let at = |name: String| variables[name].as_str().expect("a value").to_owned();
        (at(format!("{prefix}ACCESS_KEY_ID")), at(format!("{prefix}{secret}")))
    };
    for (line, account) in
        [("env --cloud alibaba --format json", ACCOUNT), ("env --account 2000000000000002 -o json", "2000000000000002")]
    {
        let (id, secret) = key(&of(line).await, "ALIBABA_CLOUD_", "ACCESS_KEY_SECRET");
        let identity = tool.app.rpc(&id, &secret).sts("GetCallerIdentity", &[]).await.ok();
        assert_eq!(identity["AccountId"], account, "{line}");
    }
    let made = of("env --cloud alibaba --new-account --format json").await;
    let (id, secret) = key(&made, "ALIBABA_CLOUD_", "ACCESS_KEY_SECRET");
    assert!(id.starts_with("LTAI"), "{id}");
    tool.app.rpc(&id, &secret).ram("ListUsers", &[]).await.ok();
    assert!(made.get("AWS_ACCESS_KEY_ID").is_none(), "the cloud that was asked for alone");
    assert!(
        tool.line("env --account 200000000002")
            .await
            .well()
            .out
            .starts_with("export AWS_ACCESS_KEY_ID='200000000002'\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_stands_in_a_secret_comes_through_the_shell() {
    let tool = Tool::start().await;
    let secret = r#"a'b"c $HOME `id` \ #!&"#;
    tool.write("secret", secret);
    let env = "sesame env --cloud aws --access-key-id 'k e y' --secret-file secret";
    let read = tool.script(&format!("eval \"$({env})\"; printf %s \"$AWS_SECRET_ACCESS_KEY\"")).await.well();
    assert_eq!(read.out, secret);
    let read =
        tool.script(&format!("set -a; . <({env} --format dotenv); printf %s \"$AWS_ACCESS_KEY_ID\"")).await.well();
    assert_eq!(read.out, "k e y");
    let json = tool.script(&format!("{env} --format json")).await.well().json();
    assert_eq!(json["AWS_SECRET_ACCESS_KEY"], secret);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_shells_have_their_own_words() {
    let tool = Tool::start().await;
    let of = async |format: &str| tool.line(&format!("env --cloud aws --format {format}")).await.well().out;
    assert!(of("fish").await.starts_with("set -gx AWS_ACCESS_KEY_ID 'test'\n"));
    assert!(of("powershell").await.starts_with("$env:AWS_ACCESS_KEY_ID = 'test'\n"));
    assert!(of("dotenv").await.starts_with("AWS_ACCESS_KEY_ID=test\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_and_clouds_have_to_agree() {
    let tool = Tool::start().await;
    tool.line("env --account 12").await.fails(2, "--account: expected 16 digits");
    tool.line("env --account 200000000002 --cloud alibaba").await.fails(2, "--account: this is an account of aws");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_the_proxy_the_certificate_is_kept_and_named() {
    const PEM: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4_096];
        let read = stream.read(&mut asked).await.unwrap();
        assert!(asked[..read].starts_with(b"GET /_sesame/ca HTTP/1.1\r\n"));
        stream.write_all(format!("HTTP/1.1 200 OK\r\n\r\n{PEM}").as_bytes()).await.unwrap();
    });
    let home = tempfile::TempDir::new().unwrap();
    let mut command = binary();
    command.args(["env", "--proxy", "--cloud", "aws", "--format", "json", "--url", &url]).env("HOME", home.path());
    let variables = done(command).await.well().json();
    server.await.unwrap();
    let file = variables["AWS_CA_BUNDLE"].as_str().expect("a file");
    assert!(file.starts_with(home.path().to_str().unwrap()), "{file}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), PEM);
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
        assert_eq!(variables[name], url, "{name}");
    }
    assert_eq!((&variables["SSL_CERT_FILE"], variables.get("AWS_ENDPOINT_URL")), (&Value::from(file), None));
}
