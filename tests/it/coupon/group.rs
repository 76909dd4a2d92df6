use usher::base::refusal::Code;
use usher::coupon::group::{GROUP_SHARDS_MAX, GroupDraft, Purpose};

fn refused(text: &str) -> (Code, String) {
    let refusal = GroupDraft::from_json(text.as_bytes()).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

#[test]
fn a_group_has_a_name_a_purpose_and_one_shard_unless_it_says_more() {
    let read = |text: &str| GroupDraft::from_json(text.as_bytes()).unwrap();
    let group = read(r#"{"name":"Summer 🌞","purpose":"reward"}"#);
    assert_eq!(group, GroupDraft { name: "Summer 🌞".into(), purpose: Purpose::Reward, shards: 1 });
    assert_eq!(read(r#"{"name":"x","purpose":"partner","shards":16}"#).shards, GROUP_SHARDS_MAX);
    for purpose in ["marketing", "reward", "internal", "support", "partner", "other"] {
        read(&format!(r#"{{"name":"x","purpose":"{purpose}"}}"#));
    }
}

#[test]
fn a_name_has_1_to_200_bytes_without_control_characters() {
    let named = |name: &str| format!(r#"{{"name":"{name}","purpose":"other"}}"#);
    assert!(GroupDraft::from_json(named(&"é".repeat(100)).as_bytes()).is_ok());
    for name in [String::new(), format!("{}x", "é".repeat(100)), "a\\u0007b".into()] {
        assert_eq!(refused(&named(&name)), (Code::InvalidValue, "name".into()), "{name:?}");
    }
}

#[test]
fn what_is_no_group_is_refused_where_it_is_wrong() {
    for (text, code, field) in [
        ("", Code::MalformedJson, ""),
        (r#"{"purpose":"other"}"#, Code::MissingField, ""),
        (r#"{"name":"x"}"#, Code::MissingField, ""),
        (r#"{"name":"x","purpose":"fun"}"#, Code::WrongType, "purpose"),
        (r#"{"name":7,"purpose":"other"}"#, Code::WrongType, "name"),
        (r#"{"name":"x","purpose":"other","size":1}"#, Code::UnknownField, "size"),
        (r#"{"name":"x","purpose":"other","shards":0}"#, Code::InvalidValue, "shards"),
        (r#"{"name":"x","purpose":"other","shards":17}"#, Code::InvalidValue, "shards"),
    ] {
        assert_eq!(refused(text), (code, field.to_owned()), "{text}");
    }
}
