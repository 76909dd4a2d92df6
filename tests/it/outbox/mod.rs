mod backoff;
mod batch;
mod ledger;
mod received;
mod sender;
mod void;
