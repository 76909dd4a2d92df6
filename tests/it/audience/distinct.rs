use proptest::prelude::*;
use usher::audience::distinct::Sketch;
use usher::base::varint;

fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Sketch {
    let mut sketch = Sketch::default();
    for name in names {
        sketch.add(name.as_ref());
    }
    sketch
}

fn merged(one: &Sketch, other: &Sketch) -> Sketch {
    let mut sketch = one.clone();
    sketch.merge(other);
    sketch
}

#[test]
fn the_estimate_is_within_three_standard_errors() {
    // As operators name viewers: counted, with a prefix, as random ids.
    let names: [fn(u32) -> String; 3] = [
        |n| n.to_string(),
        |n| format!("viewer-{n:06}"),
        |n| format!("{:08x}", n.wrapping_mul(2_654_435_761)),
    ];
    // Linear counting of 4096 registers is better than 1.04 / sqrt(4096) for small numbers.
    let standard_error = 1.04 / 64.0;
    for name in names {
        for count in [10, 100, 1_000, 10_000, 100_000] {
            let count_f = f64::from(count);
            let error = (of((0..count).map(name)).estimate() - count_f) / count_f;
            assert!(error.abs() < 3.0 * standard_error, "{count} like {}: {error}", name(7));
        }
    }
}

#[test]
fn the_estimate_has_no_bias() {
    let runs = 50;
    let standard_error = 1.04 / 64.0;
    for count in [100_u32, 3_000, 10_000, 30_000] {
        let count_f = f64::from(count);
        let errors: Vec<f64> = (0..runs)
            .map(|run| {
                (of((0..count).map(|n| format!("{run}/{n}"))).estimate() - count_f) / count_f
            })
            .collect();
        let mean = errors.iter().sum::<f64>() / f64::from(runs);
        let deviation = (errors.iter().map(|e| e * e).sum::<f64>() / f64::from(runs)).sqrt();
        // The mean of 50 has a seventh of the error of one.
        assert!(mean.abs() < 3.0 * standard_error / f64::from(runs).sqrt(), "{count}: {mean}");
        assert!(deviation < 1.3 * standard_error, "{count}: {deviation}");
    }
}

#[test]
fn nobody_is_nobody_and_one_is_one() {
    assert_eq!(of([] as [&str; 0]).estimate(), 0.0);
    assert_eq!(of(["anna"]).estimate().round(), 1.0);
    assert_eq!(of(["anna", "anna"]), of(["anna"]));
}

#[test]
fn the_form_on_the_wire_is_fixed() {
    // Register and rank of a name follow from FNV-1a and fmix64; the values are from an implementation of
    // both in another language (see the commit).
    assert_eq!(String::from(of([] as [&str; 0])), "AQA");
    assert_eq!(String::from(of(["anna"])), ANNA);
    assert_eq!(String::from(of(["anna", "berta", "carl"])), THREE);
    let full = of((0..100_000).map(|n: u32| n.to_string())).encode();
    assert_eq!((full.len(), &full[..2]), (2 + 4096 * 6 / 8, &[1, 1][..]));
}

const ANNA: &str = "AQDD4Aw";
const THREE: &str = "AQDB4QLCtwLDxgc";

#[test]
fn bytes_that_are_not_its_own_form_are_refused() {
    let pair = |register: u64, rank: u64| {
        let mut bytes = vec![1, 0];
        varint::write(&mut bytes, register << 6 | rank);
        bytes
    };
    assert!(Sketch::decode(&pair(4095, 53)).is_ok());
    let dense = |rank: u8| [vec![1, 1], vec![rank; 3072]].concat();
    assert!(Sketch::decode(&dense(0x41)).is_ok());
    for (bytes, what) in [
        (vec![], "nothing"),
        (vec![1], "half a head"),
        (vec![2, 0], "another version"),
        (vec![1, 2], "another form"),
        (pair(4096, 1), "a register too many"),
        (pair(0, 54), "a rank too high"),
        (pair(0, 0), "no rank"),
        ([pair(4095, 1), vec![1]].concat(), "a register too many"),
        (dense(0), "dense where sparse is shorter"),
        (dense(0xff), "ranks too high"),
        (dense(0x41)[..3073].to_vec(), "cut off"),
        ([dense(0x41), vec![0x41; 3]].concat(), "registers too many"),
    ] {
        assert!(Sketch::decode(&bytes).is_err(), "{what}: {bytes:?}");
    }
    for text in ["", "AQ", "AQA=", "AQB", "A!"] {
        assert!(Sketch::try_from(text.to_owned()).is_err(), "{text}");
    }
}

/// Sketches of any size, sparse and dense.
fn sketches() -> impl Strategy<Value = Sketch> {
    prop_oneof![Just(30_u32), Just(300), Just(20_000)]
        .prop_flat_map(|most| (0..most, any::<u16>()))
        .prop_map(|(count, from)| of((0..count).map(|n| (n + u32::from(from)).to_string())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_associative_commutative_and_idempotent(a in sketches(), b in sketches(), c in sketches()) {
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&a, &a), a.clone());
        prop_assert_eq!(merged(&a, &Sketch::default()), a);
    }

    #[test]
    fn merging_is_adding_all(names in prop::collection::vec("[a-z]{1,4}", 0..300), cut in 0_usize..300) {
        let (one, other) = names.split_at(cut.min(names.len()));
        prop_assert_eq!(merged(&of(one), &of(other)), of(&names));
    }

    #[test]
    fn a_sketch_survives_the_wire(sketch in sketches()) {
        let bytes = sketch.encode();
        prop_assert!(bytes.len() <= 2 + 3072);
        prop_assert_eq!(Sketch::decode(&bytes).unwrap(), sketch.clone());
        prop_assert_eq!(Sketch::try_from(String::from(sketch.clone())).unwrap(), sketch);
    }

    #[test]
    fn no_bytes_make_it_panic(form in 0_u8..3, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let bytes = [vec![1, form], bytes].concat();
        if let Ok(sketch) = Sketch::decode(&bytes) {
            prop_assert_eq!(sketch.encode(), bytes);
            prop_assert!(sketch.estimate().is_finite());
        }
    }
}
