use usher::base::refusal::Code;
use usher::privacy::audit::{
    self, ACTION_BYTES_MAX, AuditCheck, AuditEntry, AuditHead, AuditRequest, AuditRow,
    DETAIL_BYTES_MAX,
};

fn entry(action: &str, detail: &str) -> AuditEntry {
    AuditEntry {
        actor: "operator".into(),
        action: action.into(),
        subject: "viewer:ab".into(),
        detail: detail.into(),
    }
}

fn log(rows: u64) -> Vec<AuditRow> {
    let mut head = AuditHead::default();
    let mut log = Vec::new();
    for number in 1..=rows {
        let row = audit::append(&head, number, entry("viewer_exported", &number.to_string()));
        head = AuditHead { sequence: row.sequence, hash: row.hash.clone() };
        log.push(row);
    }
    log
}

#[test]
fn a_row_has_the_hash_that_the_documentation_says() {
    // Made with another program: hashlib of Python, from the words at the head of src/privacy/audit.rs.
    let first = audit::append(&AuditHead::default(), 5, entry("viewer_exported", ""));
    assert_eq!(first.hash, "dd0a88efc2d36d646a5b748430b725dcc75759688e67d5bbb3d64291151c7b3a");
    assert_eq!((first.sequence, first.previous.as_str()), (1, "0".repeat(64).as_str()));
    let head = AuditHead { sequence: 1, hash: first.hash.clone() };
    let second = audit::append(&head, 6, entry("viewer_erased", "drei Zeilen ü"));
    assert_eq!(second.hash, "b9b810858ddbc04b833676a66106ef0f3ba0d343c5c1850043b79cf5e22e52f9");
    assert_eq!((second.sequence, &second.previous), (2, &first.hash));
}

#[test]
fn a_log_that_nobody_touched_is_intact_as_a_whole_and_in_pieces() {
    let log = log(5);
    let last = AuditHead { sequence: 5, hash: log[4].hash.clone() };
    assert_eq!(audit::check(AuditHead::default(), &log), AuditCheck::Intact(last.clone()));
    let AuditCheck::Intact(middle) = audit::check(AuditHead::default(), &log[..2]) else {
        panic!("the first rows are intact")
    };
    assert_eq!(audit::check(middle, &log[2..]), AuditCheck::Intact(last));
    let empty = AuditHead::default();
    assert_eq!(audit::check(empty.clone(), &[]), AuditCheck::Intact(empty));
}

#[test]
fn a_changed_field_of_any_row_is_found_at_that_row() {
    type Change = fn(&mut AuditRow);
    let changes: [Change; 7] = [
        |row| row.at_ms += 1,
        |row| row.actor.push('x'),
        |row| row.action = "viewer_seen".into(),
        |row| row.subject.clear(),
        |row| row.detail.push(' '),
        |row| row.hash = "f".repeat(64),
        |row| row.previous = "f".repeat(64),
    ];
    for change in changes {
        for changed in 0..4 {
            let mut log = log(4);
            change(&mut log[changed]);
            let found = audit::check(AuditHead::default(), &log);
            assert_eq!(found, AuditCheck::BrokenAt(changed as u64 + 1));
        }
    }
}

#[test]
fn a_word_moved_from_one_field_to_the_next_is_found() {
    let mut log = log(1);
    let row = &mut log[0];
    row.subject.push_str(&row.detail);
    row.detail.clear();
    assert_eq!(audit::check(AuditHead::default(), &log), AuditCheck::BrokenAt(1));
}

#[test]
fn a_row_left_out_put_in_or_moved_is_found() {
    let check = |log: &[AuditRow], broken: u64| {
        assert_eq!(audit::check(AuditHead::default(), log), AuditCheck::BrokenAt(broken));
    };
    let whole = log(4);
    check(&whole[1..], 1);
    check(&[&whole[..1], &whole[2..]].concat(), 2);
    check(&[&whole[..2], &whole[1..]].concat(), 3);
    let mut swapped = whole.clone();
    swapped.swap(1, 2);
    check(&swapped, 2);
}

#[test]
fn a_row_changed_with_its_own_hash_made_anew_is_found_at_the_next() {
    let mut log = log(3);
    let head = AuditHead { sequence: 1, hash: log[0].hash.clone() };
    log[1] = audit::append(&head, 2, entry("viewer_exported", "nothing to see"));
    assert_eq!(audit::check(AuditHead::default(), &log), AuditCheck::BrokenAt(3));
}

fn refused(json: &str) -> (Code, String) {
    let refusal = AuditRequest::from_json(json.as_bytes()).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

#[test]
fn a_request_is_read_from_json() {
    let of = |json: &str| AuditRequest::from_json(json.as_bytes()).unwrap();
    let request = AuditRequest {
        actor: "operator".into(),
        action: "viewer_erased".into(),
        subject: "sink:one".into(),
        viewer: None,
        detail: "x".into(),
    };
    let whole =
        r#"{"actor":"operator","action":"viewer_erased","subject":"sink:one","detail":"x"}"#;
    assert_eq!(of(whole), request);
    let least = of(r#"{"actor":"a","action":"b"}"#);
    assert_eq!((least.subject.as_str(), least.viewer, least.detail.as_str()), ("", None, ""));
    assert_eq!(of(r#"{"actor":"a","action":"b","viewer":"anna"}"#).viewer.as_deref(), Some("anna"));
}

#[test]
fn a_request_that_is_none_is_refused_with_its_field() {
    let check = |json: &str, code: Code, field: &str| {
        assert_eq!(refused(json), (code, field.to_owned()), "{json}");
    };
    check("{", Code::MalformedJson, "");
    check(r#"{"actor":"a","action":"b"} x"#, Code::MalformedJson, "");
    check(r#"{"action":"b"}"#, Code::MissingField, "");
    check(r#"{"actor":"a","action":"b","hash":"c"}"#, Code::UnknownField, "hash");
    check(r#"{"actor":1,"action":"b"}"#, Code::WrongType, "actor");
    check(r#"{"actor":"","action":"b"}"#, Code::InvalidValue, "actor");
    check(r#"{"actor":"a","action":"b","subject":"\n"}"#, Code::InvalidValue, "subject");
    check(r#"{"actor":"a","action":"b","viewer":""}"#, Code::InvalidValue, "viewer");
    let both = r#"{"actor":"a","action":"b","viewer":"v","subject":"s"}"#;
    check(both, Code::InvalidValue, "subject");
    for action in ["", "B", "a b", &"a".repeat(ACTION_BYTES_MAX + 1)] {
        let json = serde_json::json!({ "actor": "a", "action": action }).to_string();
        check(&json, Code::InvalidValue, "action");
    }
    let of = |bytes: usize| {
        serde_json::json!({ "actor": "a", "action": "b", "detail": "x".repeat(bytes) }).to_string()
    };
    assert!(AuditRequest::from_json(of(DETAIL_BYTES_MAX).as_bytes()).is_ok());
    check(&of(DETAIL_BYTES_MAX + 1), Code::InvalidValue, "detail");
}
