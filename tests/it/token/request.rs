use usher::token::request::{Request, SKEW_SECONDS_MAX};

#[test]
fn a_request_that_tells_nothing_meets_no_restriction() {
    let request = Request::default();
    let texts = [request.url, request.method, request.ip, request.country];
    assert_eq!(texts, [None; 4]);
    assert_eq!(request.is_replayed, None);
    assert_eq!((request.now, request.skew, SKEW_SECONDS_MAX), (0, 0, 5));
}
