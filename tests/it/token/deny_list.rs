use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::token::deny_list::{DENY_LIST_ENTRIES_MAX, DenyList, Named};

const NOW: u64 = 1000;

fn list(entries: Value) -> DenyList {
    let document = json!({ "version": 7, "made_ms": NOW * 1000, "entries": entries });
    DenyList::parse(document.to_string().as_bytes()).unwrap()
}

fn is_denied(list: &DenyList, id: &str, subject: &str, epoch: u64, now: u64) -> bool {
    match list.check(Named { id, subject, epoch }, now, u64::MAX, true) {
        Ok(_) => false,
        Err(refusal) => {
            assert_eq!(refusal.code, Code::TokenRevoked);
            assert_eq!(refusal.field.as_deref(), Some("revoked"));
            true
        }
    }
}

#[test]
fn a_token_a_subject_and_an_epoch_are_denied_until_their_time() {
    let list = list(json!([
        { "kind": "token", "value": "t1", "until": 2000 },
        { "kind": "subject", "value": "anna", "until": 3000 },
        { "kind": "epoch", "value": "bert", "epoch": 4, "until": 2000 },
    ]));
    let check = |id, subject, epoch, now, expected| {
        assert_eq!(
            is_denied(&list, id, subject, epoch, now),
            expected,
            "{id} {subject} {epoch} {now}"
        );
    };
    check("t1", "carl", 0, 1999, true);
    check("t1", "carl", 0, 2000, false);
    check("t2", "carl", 0, NOW, false);
    check("t2", "anna", 99, 2999, true);
    check("t2", "anna", 99, 3000, false);
    check("t2", "bert", 3, NOW, true);
    check("t2", "bert", 4, NOW, false);
    check("t2", "bert", 3, 2000, false);
    // A name of the other kind is another name.
    check("anna", "t1", 0, NOW, false);
    check("bert", "carl", 0, NOW, false);
    check("", "", 0, NOW, false);
}

#[test]
fn a_list_that_is_too_old_is_closed_unless_it_may_be_open() {
    let list = list(json!([{ "kind": "token", "value": "t1", "until": 9000 }]));
    let named = Named { id: "t2", subject: "anna", epoch: 0 };
    assert_eq!(list.check(named, NOW + 60, 60, false), Ok(0.0));
    let refusal = list.check(named, NOW + 61, 60, false).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::Unavailable, Some("revoked")));
    assert_eq!(list.check(named, NOW + 61, 60, true), Ok(1.0));
    // A clock that was set back makes no list older.
    assert_eq!(list.check(named, NOW - 500, 60, false), Ok(0.0));
    // What it knows it knows, however old it is.
    let denied = Named { id: "t1", ..named };
    assert_eq!(list.check(denied, NOW + 61, 60, true).unwrap_err().code, Code::TokenRevoked);
}

#[test]
fn what_is_no_list_is_refused_where_it_is_wrong() {
    let check = |document: Value, code, field: Option<&str>| {
        let refusal = DenyList::parse(document.to_string().as_bytes()).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{document}");
    };
    let of = |entries: Value| json!({ "made_ms": 1, "entries": entries });
    check(json!([]), Code::WrongType, None);
    check(json!({ "entries": [] }), Code::MissingField, None);
    check(json!({ "made_ms": 1 }), Code::MissingField, None);
    check(json!({ "made_ms": "1", "entries": [] }), Code::WrongType, Some("made_ms"));
    check(of(json!([1])), Code::WrongType, Some("entries[0]"));
    // Who denies in a way that is not known here must not be passed over.
    check(
        of(json!([{ "kind": "device", "value": "d", "until": 1 }])),
        Code::InvalidValue,
        Some("entries[0]"),
    );
    check(of(json!([{ "kind": "token", "value": "t" }])), Code::MissingField, Some("entries[0]"));
    check(
        of(json!([{ "kind": "token", "value": 1, "until": 1 }])),
        Code::WrongType,
        Some("entries[0].value"),
    );
    check(
        of(json!([{ "kind": "epoch", "value": "s", "until": 1, "epoch": -1 }])),
        Code::InvalidValue,
        Some("entries[0].epoch"),
    );
}

#[test]
fn a_list_has_its_limit() {
    let entries = |count: usize| {
        let entry = json!({ "kind": "token", "value": "t", "until": 1 });
        json!({ "made_ms": 1, "entries": vec![entry; count] }).to_string()
    };
    assert!(DenyList::parse(entries(DENY_LIST_ENTRIES_MAX).as_bytes()).is_ok());
    let refusal = DenyList::parse(entries(DENY_LIST_ENTRIES_MAX + 1).as_bytes()).unwrap_err();
    assert_eq!(refusal.code, Code::TooMany);
}

proptest! {
    #[test]
    fn it_denies_what_going_through_it_would(
        entries in proptest::collection::vec((0_usize..3, "[ab]{1,2}", 900_u64..1100, 0_u64..4), 0..20),
        id in "[ab]{1,2}", subject in "[ab]{1,2}", epoch in 0_u64..4,
    ) {
        let kinds = ["token", "subject", "epoch"];
        let document = entries.iter().map(|(kind, value, until, epoch)| {
            json!({ "kind": kinds[*kind], "value": value, "until": until, "epoch": epoch })
        });
        let list = list(document.collect());
        let expected = entries.iter().any(|(kind, value, until, least)| {
            NOW < *until && match kind {
                0 => *value == id,
                1 => *value == subject,
                _ => *value == subject && epoch < *least,
            }
        });
        prop_assert_eq!(is_denied(&list, &id, &subject, epoch, NOW), expected);
    }
}
