//! The border of the ledger: which batches came, were repeated, are missing.

use super::error::{of_refusal, refusal};
use super::plain;
use crate::outbox::ledger::{BatchKey, ShardLedger};
use crate::outbox::received::Arrival;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// The parts of a batch's name.
#[derive(Debug, Serialize, Tsify)]
pub struct BatchName {
    /// The sender.
    shard: String,
    /// Which life of its store.
    epoch: u64,
    /// From 1.
    sequence: u64,
}

/// Reads `shard.epoch.sequence`. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readBatchKey)]
pub fn read_batch_key(key: &str) -> Result<Ts<BatchName>, JsValue> {
    let BatchKey { shard, epoch, sequence } = BatchKey::parse(key).map_err(|e| of_refusal(&e))?;
    plain::write(&BatchName { shard, epoch, sequence })
}

/// What is known of a shard and epoch.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ShardState {
    /// What `arriveBatch` gave; empty before the first.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    received: Vec<u8>,
    /// The highest sequence that was announced; 0 if none.
    announced: u64,
}

/// A batch that came.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct ArrivalInput {
    /// What was known before.
    state: ShardState,
    /// Of the batch.
    sequence: u64,
    /// The highest sequence that its sender has frozen, if it said so.
    frozen: Option<u64>,
}

/// What became of the batch.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalKind {
    /// It came for the first time.
    New,
    /// It came before.
    Repeated,
    /// It is too far ahead of the first gap to be noted.
    TooFarAhead,
}

/// What is known afterwards.
#[derive(Debug, Serialize, Tsify)]
pub struct ArrivalOutput {
    /// What became of the batch.
    arrival: ArrivalKind,
    /// To be stored.
    state: ShardState,
}

/// Notes that a batch came. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = arriveBatch)]
pub fn arrive_batch(input: Ts<ArrivalInput>) -> Result<Ts<ArrivalOutput>, JsValue> {
    let ArrivalInput { state, sequence, frozen } = plain::read(&input)?;
    let mut ledger = ledger_of(&state)?;
    let arrival = match ledger.arrive(sequence, frozen) {
        Arrival::New => ArrivalKind::New,
        Arrival::Repeated => ArrivalKind::Repeated,
        Arrival::TooFarAhead => ArrivalKind::TooFarAhead,
    };
    let state = ShardState { received: ledger.received.encode(), announced: ledger.announced };
    plain::write(&ArrivalOutput { arrival, state })
}

/// Some shards and epochs.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ShardStates {
    /// In any order.
    shards: Vec<ShardState>,
}

/// What is missing of a shard and epoch.
#[derive(Debug, Serialize, Tsify)]
pub struct ShardGaps {
    /// The highest sequence that came.
    highest: u64,
    /// How many sequences came.
    received: u64,
    /// How many are missing.
    missing: u64,
    /// In how many gaps.
    gap_count: usize,
    /// The first 100 of the gaps, each as its first and last sequence.
    gaps: Vec<(u64, u64)>,
}

/// What is missing of some shards and epochs.
#[derive(Debug, Serialize, Tsify)]
pub struct LedgerGaps {
    /// In the order of the input.
    shards: Vec<ShardGaps>,
}

/// What has not come. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = ledgerGaps)]
pub fn ledger_gaps(input: Ts<ShardStates>) -> Result<Ts<LedgerGaps>, JsValue> {
    let input = plain::read(&input)?;
    let gaps_of = |state: &ShardState| {
        let missing = ledger_of(state)?.missing();
        Ok(ShardGaps {
            highest: missing.highest,
            received: missing.received,
            missing: missing.missing,
            gap_count: missing.gap_count,
            gaps: missing.gaps,
        })
    };
    let shards = input.shards.iter().map(gaps_of).collect::<Result<_, JsValue>>()?;
    plain::write(&LedgerGaps { shards })
}

fn ledger_of(state: &ShardState) -> Result<ShardLedger, JsValue> {
    ShardLedger::decode(&state.received, state.announced)
        .map_err(|_| refusal("internal", "the ledger's bytes cannot be read", None))
}
