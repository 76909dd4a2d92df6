use usher::base::refusal::Code;
use usher::coupon::code_shape::{CodeShape, Shape};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn refused(shape: CodeShape) -> (Code, String) {
    let refusal = Shape::new(&shape).unwrap_err();
    (refusal.code, refusal.field.unwrap())
}

fn hexadecimal(length: u64) -> CodeShape {
    CodeShape { alphabet: text("0123456789ABCDEF"), length: Some(length), ..CodeShape::default() }
}

#[test]
fn the_default_has_12_random_symbols_and_a_check_symbol() {
    let shape = Shape::new(&CodeShape::default()).unwrap();
    assert_eq!(shape.symbols(), 13);
    // Half of 2^60, which JavaScript cannot count.
    assert_eq!(shape.quantity_max(0), (1 << 53) - 1);
}

#[test]
fn half_of_a_space_may_be_filled() {
    let shape = Shape::new(&hexadecimal(1)).unwrap();
    assert_eq!(shape.quantity_max(0), 8);
    assert!(shape.check_quantity(8, 0).is_ok());
    let refusal = shape.check_quantity(9, 0).unwrap_err();
    assert_eq!(refusal.code, Code::SpaceTooSmall);
    assert_eq!(refusal.message, "`9` codes, of this shape at most 8 are possible");
    assert_eq!(shape.check_quantity(2, 8).unwrap_err().code, Code::SpaceTooSmall);
    assert_eq!(shape.check_quantity(0, 0).unwrap_err().code, Code::InvalidValue);
}

#[test]
fn a_symbol_that_comes_twice_counts_once() {
    let alphabet = text("1aA1");
    let shape = CodeShape { alphabet, length: Some(2), max_fill: Some(1.0), ..Default::default() };
    assert_eq!(Shape::new(&shape).unwrap().quantity_max(0), 4);
}

#[test]
fn a_length_is_1_to_40_or_to_the_maximum() {
    assert_eq!(refused(hexadecimal(0)).0, Code::LengthOutOfRange);
    assert!(Shape::new(&hexadecimal(1)).is_ok());
    assert!(Shape::new(&hexadecimal(40)).is_ok());
    assert_eq!(refused(hexadecimal(41)), (Code::LengthOutOfRange, "length".to_owned()));
    let longer =
        |length, max_length| CodeShape { max_length: Some(max_length), ..hexadecimal(length) };
    assert!(Shape::new(&longer(64, 64)).is_ok());
    assert_eq!(refused(longer(65, 100)).0, Code::LengthOutOfRange);
    assert_eq!(
        refused(CodeShape { prefix: text("TV"), ..hexadecimal(39) }).0,
        Code::LengthOutOfRange
    );
    assert_eq!(
        refused(CodeShape { pattern: text("-"), ..Default::default() }).0,
        Code::LengthOutOfRange
    );
}

#[test]
fn what_would_look_generated_is_refused() {
    for length in [13, 14] {
        assert_eq!(refused(hexadecimal(length)).0, Code::LengthOutOfRange);
    }
    assert_eq!(
        refused(CodeShape { prefix: text("T"), ..Default::default() }).0,
        Code::LengthOutOfRange
    );
    // U is in no generated code.
    assert!(Shape::new(&CodeShape { prefix: text("U"), ..hexadecimal(12) }).is_ok());
    assert!(Shape::new(&CodeShape { alphabet: text("U_"), ..hexadecimal(13) }).is_ok());
}

#[test]
fn what_is_in_no_code_is_in_no_shape() {
    let shape = |alphabet: &str| CodeShape { alphabet: text(alphabet), ..Default::default() };
    for alphabet in ["", "AB-", "ÄÖ", "A B", "😀"] {
        assert_eq!(refused(shape(alphabet)), (Code::InvalidValue, "alphabet".to_owned()));
    }
    let pattern = |pattern: &str| CodeShape { pattern: text(pattern), ..Default::default() };
    assert_eq!(refused(pattern("##!##")), (Code::InvalidValue, "pattern".to_owned()));
    let prefix = CodeShape { prefix: text("#"), ..Default::default() };
    assert_eq!(refused(prefix), (Code::InvalidValue, "prefix".to_owned()));
    let both = CodeShape { length: Some(3), ..pattern("###") };
    assert_eq!(refused(both), (Code::InvalidValue, "length".to_owned()));
}

#[test]
fn a_fill_is_above_0_and_up_to_1() {
    let fill = |max_fill| CodeShape { max_fill: Some(max_fill), ..Default::default() };
    for wrong in [0.0, -0.5, 1.000_001, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(fill(wrong)), (Code::InvalidValue, "max_fill".to_owned()));
    }
    assert!(Shape::new(&fill(1.0)).is_ok());
    assert!(Shape::new(&fill(0.000_001)).is_ok());
}
