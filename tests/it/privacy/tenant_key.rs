use usher::privacy::tenant_key::{Purpose, TENANT_KEY_BYTES_MIN, TenantKey};

fn key(text: &str) -> TenantKey {
    TenantKey::new(text.as_bytes()).unwrap()
}

#[test]
fn a_key_has_at_least_sixteen_bytes() {
    assert_eq!(TENANT_KEY_BYTES_MIN, 16);
    assert!(TenantKey::new(&[7; 15]).is_none());
    assert!(TenantKey::new(&[7; 16]).is_some());
}

#[test]
fn a_name_is_always_the_same_under_one_key_and_purpose() {
    let one = key("one key of many bytes");
    let name = one.name(Purpose::Viewer, "anna");
    assert_eq!(name, key("one key of many bytes").name(Purpose::Viewer, "anna"));
    assert_eq!(name.len(), 32);
    assert!(name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    for other in [
        one.name(Purpose::Viewer, "anna "),
        one.name(Purpose::View, "anna"),
        one.name(Purpose::Fingerprint, "anna"),
        key("another key of bytes").name(Purpose::Viewer, "anna"),
    ] {
        assert_ne!(name, other);
    }
}

#[test]
fn a_name_is_the_sha_256_that_the_documentation_says() {
    // printf 'usher viewer  1\n' + sha256('one key of many bytes') + 'anna' | sha256sum
    assert_eq!(
        key("one key of many bytes").name(Purpose::Viewer, "anna"),
        "5168ab6bf6cfc7f06b451d95b9d362e5"
    );
}
