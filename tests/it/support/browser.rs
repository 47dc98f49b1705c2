//! A browser without scripts: it keeps cookies, shows a page, fills its forms in and follows no redirect by itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};

/// See the module.
pub(crate) struct Browser {
    http: reqwest::Client,
    address: SocketAddr,
    /// By name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What a browser was sent.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    /// Where it leads; empty when nowhere.
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().expect("a location"))
    }

    /// The `Set-Cookie` of a cookie.
    pub(crate) fn set_cookie(&self, name: &str) -> Option<&str> {
        let all = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("a cookie"));
        let prefix = format!("{name}=");
        all.into_iter().find(|text| text.starts_with(&prefix))
    }

    /// Checks that the page says something.
    #[track_caller]
    pub(crate) fn says(&self, status: u16, text: &str) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(text), "no {text:?} in {}", self.text);
        self
    }

    /// Checks that it leads somewhere.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.location()), (303, path), "{}", self.text);
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> Option<String> {
        self.all_hidden().remove(name)
    }

    fn all_hidden(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for part in self.text.split("<input type=\"hidden\" name=\"").skip(1) {
            let mut parts = part.split('"');
            let (name, value) = (parts.next().expect("a name"), parts.nth(1).expect("a value"));
            all.entry(name.to_owned()).or_insert_with(|| unescape(value));
        }
        all
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

impl Browser {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().expect("a client");
        Self { http, address, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, path: &str) -> Seen {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form with these fields and nothing else.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.send(Method::POST, path, Some(fields)).await
    }

    /// Fills in the form of a page, its hidden fields included, and sends it.
    pub(crate) async fn submit(&mut self, page: &Seen, path: &str, fields: &[(&str, &str)]) -> Seen {
        let hidden = page.all_hidden();
        let mut all: BTreeMap<&str, &str> = hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
        all.extend(fields.iter().copied());
        self.post(path, &all.into_iter().collect::<Vec<_>>()).await
    }

    /// Gives name and password to the page for RAM users, and binds no device where that is offered.
    pub(crate) async fn give_password(&mut self, user: &str, password: &str) -> Seen {
        let page = self.give_password_alone(user, password).await;
        self.past_offer(page).await
    }

    /// Goes on from the page that offers to bind a device, without one; from any other page stays there.
    pub(crate) async fn past_offer(&mut self, page: Seen) -> Seen {
        let later = "/console/login/device/later";
        if page.text.contains(later) { self.submit(&page, later, &[]).await } else { page }
    }

    /// Gives name and password to the page for RAM users.
    pub(crate) async fn give_password_alone(&mut self, user: &str, password: &str) -> Seen {
        let page = self.open("/console/login").await;
        let page = self.submit(&page, "/console/login", &[("username", user)]).await;
        self.submit(&page, "/console/login/password", &[("username", user), ("password", password)]).await
    }

    /// Signs a RAM user in.
    pub(crate) async fn sign_in(&mut self, user: &str, password: &str) {
        self.give_password(user, password).await.leads_to("/console");
    }

    async fn send(&mut self, method: Method, path: &str, fields: Option<&[(&str, &str)]>) -> Seen {
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(fields) = fields {
            request = request.form(fields);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for set in headers.get_all("set-cookie") {
            let set = set.to_str().expect("a cookie");
            let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Seen { status, headers, text: response.text().await.expect("the whole page") }
    }
}
