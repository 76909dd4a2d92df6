use super::report;
use proptest::prelude::*;
use usher::base::refusal::Code;
use usher::base::varint::{Reader, WireError};
use usher::playback::cmcd::report::{Event, Report, Response, State, Status, Subject, read};

#[test]
fn a_report_of_each_player_is_read() {
    // hls.js 1.7.4, dash.js 5.2.1, Shaka Player 5.2.12.
    let line = read(
        "bl=(75000),br=(250),cid=\"title-1\",e=pr,mtp=(48800),pr=2,sf=h,sid=\"s-hls\",sn=35,st=v,sta=p,\
         ts=1795308184535,v=2",
    )
    .unwrap();
    assert_eq!((line.sid.as_str(), line.cid.as_deref()), ("s-hls", Some("title-1")));
    let expected = Status {
        event: Event::Other,
        state: Some(State::Playing),
        rate_permille: 2_000,
        is_hidden: false,
        is_live: false,
        kbps: 250,
        dropped_frames: 0,
    };
    assert_eq!(line.report.subject, Subject::Status(expected));
    assert_eq!((line.report.sn, line.report.ts_ms), (35, 1_795_308_184_535));

    let line = read(
        "br=(152;v 43;a),d=4000,e=rr,ot=v,rc=200,sid=\"s\",sn=3,ts=1795308176049,ttfb=1795308174852,\
         ttlb=4,msd=2162,v=2",
    )
    .unwrap();
    // The time to the first byte is an instant in dash.js 5, so it is not believed.
    let expected =
        Response { status: 200, ttfb_ms: None, ttlb_ms: Some(4), bytes: Some(152 * 4_000 / 8) };
    assert_eq!(line.report.subject, Subject::Response(expected));
    assert_eq!(line.report.msd_ms, Some(2_162));

    let muted = report("br=(195),e=m,sf=d,sn=32,st=l,sta=p,ts=1795308272018,bg,com.example-a=1");
    let Subject::Status(status) = muted.subject else { panic!("{muted:?}") };
    assert!(status.is_hidden && status.is_live && status.event == Event::Mute);
}

#[test]
fn what_a_report_needs_is_named() {
    let check = |line: &str, code: Code, field: &str| {
        let refusal = read(line).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{line}");
    };
    check("e=t,sn=1,ts=1,v=2", Code::MissingField, "sid");
    check("e=t,sid=\"\",sn=1,ts=1,v=2", Code::InvalidValue, "sid");
    check("sid=\"s\",sn=1,ts=1,v=2", Code::MissingField, "e");
    check("e=t,sid=\"s\",ts=1,v=2", Code::MissingField, "sn");
    check("e=t,sid=\"s\",sn=1,v=2", Code::MissingField, "ts");
    check("e=ps,sid=\"s\",sn=1,ts=1,v=2", Code::MissingField, "sta");
    check("e=t,sid=\"s\",sn=1,ts=1", Code::InvalidValue, "v");
    check("e=t,pr=16.001,sid=\"s\",sn=1,ts=1,v=2", Code::InvalidValue, "pr");
    assert!(read("e=t,pr=16,sid=\"s\",sn=1,ts=1,v=2").is_ok());
}

fn any_report() -> impl Strategy<Value = Report> {
    let word = prop::sample::select(vec!["s", "p", "k", "r", "a", "w", "e", "f", "q", "d"]);
    let event = prop::sample::select(vec!["ps", "t", "e", "m", "um", "as", "ae", "abs", "abe"]);
    let status = (0..500_u64, 0..1_000_000_u64, word, event, 0..16_000_u32, any::<bool>())
        .prop_map(|(sn, ts, sta, event, rate, bg)| {
            let bg = if bg { ",bg" } else { "" };
            let pr = f64::from(rate) / 1000.0;
            report(&format!("e={event},sn={sn},ts={ts},sta={sta},pr={pr}{bg}"))
        });
    let response = (0..500_u64, 0..1_000_000_u64, 0..600_u64, prop::option::of(0..9_000_u64))
        .prop_map(|(sn, ts, rc, ttfb)| {
            let ttfb = ttfb.map_or(String::new(), |ms| format!(",ttfb={ms},ttlb={}", ms + 5));
            report(&format!("e=rr,sn={sn},ts={ts},rc={rc}{ttfb}"))
        });
    prop_oneof![status, response]
}

proptest! {
    #[test]
    fn a_report_survives_its_bytes(report in any_report()) {
        let mut bytes = Vec::new();
        report.encode(&mut bytes);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(Report::decode(&mut reader), Ok(report));
        prop_assert!(reader.is_done());
        let cut = &bytes[..bytes.len() - 1];
        prop_assert_eq!(Report::decode(&mut Reader::new(cut)), Err(WireError::Truncated));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = Report::decode(&mut Reader::new(&bytes));
    }

    #[test]
    fn no_line_panics(line in ".{0,120}") {
        let _ = read(&line);
    }
}
