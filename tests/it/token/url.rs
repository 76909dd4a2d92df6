use proptest::prelude::*;
use usher::token::url::Url;

fn check(text: &str, expected: [&str; 5]) {
    let url = Url::parse(text).unwrap_or_else(|| panic!("{text}"));
    let parts = [url.scheme, url.host, url.port, url.path, url.query];
    assert_eq!(parts, expected.map(str::as_bytes), "{text}");
}

#[test]
fn an_address_has_five_parts() {
    check("https://a.example/", ["https", "a.example", "443", "/", ""]);
    check("http://a.example/b/c.m4s?d=e/f?g#h", ["http", "a.example", "80", "/b/c.m4s", "d=e/f?g"]);
    check("https://a.example:8443/b", ["https", "a.example", "8443", "/b", ""]);
    check("https://xn--bcher-kva.example/", ["https", "xn--bcher-kva.example", "443", "/", ""]);
    check("http://[2001:db8::1]/b", ["http", "[2001:db8::1]", "80", "/b", ""]);
    check("http://[2001:db8::1]:81/b:c@d", ["http", "[2001:db8::1]", "81", "/b:c@d", ""]);
    check("x-y.z://a/", ["x-y.z", "a", "", "/", ""]);
    check("https://a/%20%C3%A5%2B?%2f..", ["https", "a", "443", "/%20%C3%A5%2B", "%2f.."]);
}

#[test]
fn what_is_not_in_its_normal_form_is_none() {
    for text in [
        "",
        "/vod/t1/",
        "a.example/b",
        "https:/a.example/b",
        "https://",
        "https:///b",
        "https://a.example",
        "HTTPS://a.example/b",
        "https://A.example/b",
        "https://bücher.example/",
        // A name, and a name with a password, in front of a host.
        "https://cdn.example@evil.example/",
        "https://cdn.example:x@evil.example/",
        "https://cdn.example:443@evil.example/",
        "https://a.example\\@evil.example/",
        "https://a.example:4x3/",
        "https://a.example/b\\..\\c",
        "https://a.example/./b",
        "https://a.example/b/..",
        "https://a.example/b/../c",
        // Escapes that are not needed, or may be taken for something else.
        "https://a.example/b/%2e%2e/c",
        "https://a.example/b/.%2E/c",
        "https://a.example/b%2Fc",
        "https://a.example/b%2fc",
        "https://a.example/b%5Cc",
        "https://a.example/b%00",
        "https://a.example/%76od",
        "https://a.example/%5f",
        "https://a.example/b%",
        "https://a.example/b%2",
        "https://a.example/b%/c",
        "https://a.example/b%zz",
    ] {
        assert_eq!(Url::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_is_read_in_two_ways(text in "(https?://)?[a-z%./:@\\\\?#\\[\\]0-9A-F]{0,40}") {
        if let Some(url) = Url::parse(&text) {
            let written = [url.scheme, b"://", url.host].concat();
            prop_assert!(text.as_bytes().starts_with(&written));
            prop_assert!(!url.host.contains(&b'@') && !url.host.contains(&b'/'));
            prop_assert!(url.path.starts_with(b"/") && !url.path.contains(&b'?'));
            let path = String::from_utf8(url.path.to_vec()).unwrap();
            prop_assert!(!path.split('/').any(|segment| segment == ".." || segment == "."));
            prop_assert!(!path.to_ascii_lowercase().contains("%2f"));
        }
    }
}
