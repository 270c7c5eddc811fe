//! The STS caller identity by the SDK's default chain, as lines of JSON.
//!
//! `identity`, `profile NAME…`, `again SECONDS EVERY`;
//! `source`: the keys themselves, for tests that ask whose they are

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::error::DisplayErrorContext;
use std::env::args;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["identity"] => once(&client(defaults()).await).await,
        ["profile", ref names @ ..] => each(names).await,
        ["again", seconds, every] => {
            again(&client(defaults()).await, number(seconds), number(every)).await
        }
        ["source"] => source().await,
        _ => panic!("identity | profile NAME… | again SECONDS EVERY"),
    }
}

fn defaults() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

async fn client(loader: ConfigLoader) -> Client {
    Client::new(&loader.load().await)
}

async fn source() -> ExitCode {
    let loaded = defaults().load().await;
    let Some(provider) = loaded.credentials_provider() else {
        tell("error", "no provider");
        return ExitCode::FAILURE;
    };
    match provider.provide_credentials().await {
        Ok(found) => {
            let key = escaped(found.access_key_id());
            let secret = escaped(found.secret_access_key());
            let token = escaped(found.session_token().unwrap_or_default());
            println!(r#"{{"key":"{key}","secret":"{secret}","token":"{token}"}}"#);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell("error", &DisplayErrorContext(&error).to_string());
            ExitCode::FAILURE
        }
    }
}

async fn each(names: &[&str]) -> ExitCode {
    for name in names {
        if once(&client(defaults().profile_name(*name)).await).await != ExitCode::SUCCESS {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// One client, and its one credentials cache, for all calls.
async fn again(sts: &Client, seconds: u64, every: u64) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(seconds);
    while once(sts).await == ExitCode::SUCCESS {
        if Instant::now() > end {
            return ExitCode::SUCCESS;
        }
        tokio::time::sleep(Duration::from_secs(every)).await;
    }
    ExitCode::FAILURE
}

async fn once(sts: &Client) -> ExitCode {
    match sts.get_caller_identity().send().await {
        Ok(identity) => {
            tell("arn", identity.arn().unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell("error", &DisplayErrorContext(&error).to_string());
            ExitCode::FAILURE
        }
    }
}

fn tell(name: &str, value: &str) {
    println!(r#"{{"{name}":"{}"}}"#, escaped(value));
}

fn escaped(value: &str) -> String {
    let escaped = value.replace('\\', r"\\").replace('"', r#"\""#);
    escaped.replace(char::is_control, " ")
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number of seconds")
}
