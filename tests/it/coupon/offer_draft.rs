use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::coupon::coupon::Coupon;
use usher::coupon::offer::{LIFETIME_SECONDS_MAX, OFFER_BYTES_MAX, UntrustedOffer};
use usher::coupon::offer_draft::{BODY_BYTES_MAX, OfferRequest, Signer};

const NOW: u64 = 1_795_305_600;

const SIGNER: Signer<'_> = Signer { kid: "k1", audience: "demo", now_seconds: NOW };

fn coupon(change: impl Fn(&mut Value)) -> Coupon {
    let mut coupon = json!({
        "id": "c1", "group": "g1", "version": 3, "detail": "for the board only", "active": true,
        "codes": { "kind": "named", "code": "SUMMER" },
        "benefit": { "kind": "percent", "percent": "12.5" },
        "limits": {
            "max_redemptions": 100, "per_customer": 1, "customer_ids": ["anna", "bert"], "segment": "vip",
            "min_subtotal_minor": 500, "countries": ["ES"],
        },
        "release_on_cancel": false,
    });
    change(&mut coupon);
    serde_json::from_value(coupon).unwrap()
}

fn request(change: impl Fn(&mut Value)) -> OfferRequest {
    let mut request = json!({ "coupon": "c1", "expires_ms": (NOW + 60) * 1000 });
    change(&mut request);
    OfferRequest::from_json(request.to_string().as_bytes()).unwrap()
}

/// The claims, as who reads the offer gets them.
fn claims(message: &str) -> Value {
    let token = format!("{message}.{}", Base64UrlUnpadded::encode_string(&[7; 64]));
    assert!(token.len() <= OFFER_BYTES_MAX);
    let signed = UntrustedOffer::parse(&token).unwrap().verify(true).unwrap();
    serde_json::from_str(signed.check("demo", NOW).unwrap().json()).unwrap()
}

#[test]
fn an_offer_tells_what_the_coupon_gives_and_nothing_of_the_operators() {
    let claims = claims(&request(|_| ()).compose(coupon(|_| ()), SIGNER).unwrap());
    let mut shown = claims["coupon"].clone();
    assert_eq!(shown["limits"], json!({ "min_subtotal_minor": 500, "countries": ["ES"] }));
    assert_eq!(shown["benefit"], json!({ "kind": "percent", "percent": "12.5" }));
    assert_eq!((&claims["code"], &claims["exp"]), (&json!("SUMMER"), &json!(NOW + 60)));
    assert_eq!(claims.get("sub"), None);
    for word in ["board", "anna", "vip", "max_redemptions"] {
        assert!(!claims.to_string().contains(word), "{word}");
    }
    // It is a coupon again where it is read.
    let read: Coupon = serde_json::from_value(shown.take()).unwrap();
    assert_eq!((read.version, read.limits.customer_ids.len()), (3, 0));
}

#[test]
fn an_offer_for_one_customer_is_for_no_other() {
    let asked = request(|r| r["customer"] = "anna".into());
    let claims = claims(&asked.compose(coupon(|_| ()), SIGNER).unwrap());
    assert_eq!(claims["sub"], "anna");
    assert_eq!(claims["coupon"]["limits"]["customer_ids"], json!(["anna"]));
}

#[test]
fn a_code_is_offered_in_one_spelling() {
    let generated = coupon(|c| c["codes"] = json!({ "kind": "generated", "tagged": true }));
    let asked = request(|r| r["code"] = "k7-xx".into());
    let message = asked.compose(generated.clone(), SIGNER).unwrap();
    assert_eq!(claims(&message)["code"], "K7XX");
    let message = request(|_| ()).compose(generated, SIGNER).unwrap();
    assert_eq!(claims(&message).get("code"), None);
    let asked = request(|r| r["code"] = " sum-mer".into());
    assert_eq!(claims(&asked.compose(coupon(|_| ()), SIGNER).unwrap())["code"], "SUMMER");
}

#[test]
fn what_cannot_be_offered_is_refused_by_its_field() {
    let check = |asked: OfferRequest, coupon: Coupon, code: Code, field: &str| {
        let refusal = asked.compose(coupon, SIGNER).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)));
    };
    for expires in [0, NOW, NOW + LIFETIME_SECONDS_MAX + 1, u64::MAX / 2000] {
        let asked = request(|r| r["expires_ms"] = (expires * 1000).into());
        check(asked, coupon(|_| ()), Code::InvalidValue, "expires_ms");
    }
    let off = coupon(|c| c["active"] = false.into());
    check(request(|_| ()), off, Code::InvalidValue, "coupon");
    for code in ["WINTER", "ä", "0000000000001"] {
        let asked = request(|r| r["code"] = code.into());
        check(asked, coupon(|_| ()), Code::InvalidValue, "code");
    }
    let large = coupon(|c| c["scopes"] = vec!["plan:a-plan-with-a-long-name"; 60].into());
    check(request(|_| ()), large, Code::TooMany, "coupon");
}

#[test]
fn a_body_is_read_strictly() {
    let check = |body: &str, code: Code, field: Option<&str>| {
        let refusal = OfferRequest::from_json(body.as_bytes()).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{body}");
    };
    check("", Code::MalformedJson, None);
    check(r#"{"expires_ms":1}"#, Code::MissingField, None);
    check(r#"{"coupon":"c1"}"#, Code::MissingField, None);
    check(r#"{"coupon":"","expires_ms":1}"#, Code::InvalidValue, Some("coupon"));
    check(r#"{"coupon":"c","expires_ms":1,"customer":""}"#, Code::InvalidValue, Some("customer"));
    check(r#"{"coupon":"c","expires_ms":"1"}"#, Code::WrongType, Some("expires_ms"));
    check(r#"{"coupon":"c","expires_ms":1,"x":1}"#, Code::UnknownField, Some("x"));
    check(&" ".repeat(BODY_BYTES_MAX + 1), Code::BodyTooLarge, None);
}
