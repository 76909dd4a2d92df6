use usher::base::refusal::Code;
use usher::playback::cmcd::field::read;
use usher::playback::cmcd::keys::{CUSTOM_CHARACTERS_MAX, Fields, Mode, SID_CHARACTERS_MAX};

fn check(text: &str, mode: Mode) -> Result<Fields<'_>, (Code, Option<String>)> {
    Fields::check(read(text).unwrap(), mode).map_err(|refusal| (refusal.code, refusal.field))
}

#[test]
fn keys_and_types_are_strict_and_named() {
    let refused = |text: &str, mode: Mode, code: Code, key: &str| {
        assert_eq!(check(text, mode), Err((code, Some(key.to_owned()))), "{text}");
    };
    let (event, request) = (Mode::Event, Mode::Request);
    refused("v=2,what=1", event, Code::UnknownField, "what");
    refused("v=2,-x=1", event, Code::UnknownField, "-x");
    refused("v=3", request, Code::InvalidValue, "v");
    refused("v=\"2\"", request, Code::InvalidValue, "v");
    refused("e=t", event, Code::InvalidValue, "v");
    refused("v=1,e=t", event, Code::InvalidValue, "v");
    refused("sta=p", request, Code::UnknownField, "sta");
    refused("v=2,e=t", request, Code::UnknownField, "e");
    refused("v=2,ts=1", request, Code::UnknownField, "ts");
    refused("v=2,e=\"t\"", event, Code::WrongType, "e");
    refused("v=2,e=zz", event, Code::InvalidValue, "e");
    refused("v=2,sta=z", event, Code::InvalidValue, "sta");
    refused("v=2,sid=token", event, Code::WrongType, "sid");
    refused("v=2,sn=1.5", event, Code::WrongType, "sn");
    refused("v=2,sn=-1", event, Code::InvalidValue, "sn");
    refused("v=2,pr=(1)", event, Code::WrongType, "pr");
    refused("v=2,br=(a)", event, Code::WrongType, "br");
    refused("v=2,br=(1 -2)", event, Code::InvalidValue, "br");
    refused("v=2,bg=1", event, Code::WrongType, "bg");
    refused("v=2,ec=token", event, Code::WrongType, "ec");
    refused("v=2,nor=(1)", event, Code::WrongType, "nor");
    let long = format!("sid=\"{}\"", "x".repeat(SID_CHARACTERS_MAX + 1));
    refused(&long, request, Code::InvalidValue, "sid");
}

#[test]
fn what_the_players_write_beside_the_standard_is_read() {
    // Shaka 5.2 writes bare numbers in version 2; hls.js and dash.js write decimals; dash.js writes a
    // number for an error; a live latency is negative when clocks differ.
    for text in [
        "v=2,bl=4000,br=43,tb=43,mtp=100",
        "v=2,lb=(101.272),tpb=(152.089;v 42.667;a)",
        "v=2,ec=25",
        "v=2,ec=(\"bufferStalledError\")",
        "v=2,ltc=-12.5",
    ] {
        assert!(check(text, Mode::Event).is_ok(), "{text}");
    }
}

#[test]
fn keys_of_other_vendors_are_passed_over_and_counted() {
    let fields = check("v=2,com.example-mood=\"good\",x-y=tok,e=t", Mode::Event).unwrap();
    assert_eq!(fields.custom, 2);
    let long = format!("v=2,x-y=\"{}\"", "x".repeat(CUSTOM_CHARACTERS_MAX + 1));
    assert_eq!(check(&long, Mode::Event), Err((Code::InvalidValue, Some("x-y".to_owned()))));
    assert_eq!(check("v=2,x-y=(1)", Mode::Event), Err((Code::WrongType, Some("x-y".to_owned()))));
}

#[test]
fn version_one_has_its_own_keys() {
    let text = "bl=21300,br=3200,bs,cid=\"faec\",d=4004,dl=18500,mtp=48100,nor=\"..%2F300kbps\",\
                nrr=\"12323-48763\",ot=v,pr=1.08,rtp=12000,sf=d,sid=\"6e2f\",st=v,su,tb=6000";
    let fields = check(text, Mode::Request).unwrap();
    assert_eq!(fields.text("cid").as_deref(), Some("faec"));
    assert_eq!(fields.thousandths("pr"), Some(1_080));
    assert_eq!(fields.whole("pr"), Some(1));
    assert!(fields.is("su") && fields.is("bs") && !fields.is("nrr"));
}

#[test]
fn numbers_of_a_list_are_added_or_picked_by_object_type() {
    let fields = check("v=2,br=(152;v 43;a),tb=(101.5),bl=7", Mode::Event).unwrap();
    assert_eq!(fields.sum("br", ""), Some(195));
    assert_eq!(fields.sum("br", "a"), Some(43));
    assert_eq!(fields.sum("br", "av"), Some(195));
    assert_eq!(fields.sum("tb", "v"), Some(102));
    assert_eq!(fields.sum("bl", "v"), Some(7));
    assert_eq!(fields.sum("mtp", ""), None);
}
