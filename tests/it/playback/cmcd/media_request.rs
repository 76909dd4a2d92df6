use usher::base::refusal::Code;
use usher::playback::cmcd::media_request::{MediaRequest, read};

#[test]
fn query_and_headers_of_both_versions_are_read() {
    let check = |text: &str, title: &str, version, is_startup, is_starved| {
        let expected = MediaRequest { title: title.to_owned(), version, is_startup, is_starved };
        assert_eq!(read(text, "path").unwrap(), expected, "{text}");
    };
    check("bs,cid=\"plan-9\",ot=v,su", "plan-9", 1, true, true);
    check("br=3200,ot=v", "path", 1, false, false);
    // Four headers, joined.
    check("mtp=25400,su,br=3200,d=4004,ot=v,rtp=15000,sid=\"6e2f\"", "path", 1, true, false);
    check("ab=(152;v 43;a),cid=\"t\",ot=v,sid=\"s\",sn=3,sta=s,su,v=2", "t", 2, true, false);
}

#[test]
fn what_is_no_such_request_is_refused_by_its_key() {
    let check = |text: &str, code: Code, field: Option<&str>| {
        let refusal = read(text, "path").unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text}");
    };
    check("{}", Code::MalformedField, None);
    check("ot=zz", Code::InvalidValue, Some("ot"));
    check("sta=p", Code::UnknownField, Some("sta"));
    check("cid=\"\"", Code::InvalidValue, Some("cid"));
    check("br=1,br=2", Code::DuplicateField, Some("br"));
}
