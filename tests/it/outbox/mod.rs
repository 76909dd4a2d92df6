mod backoff;
mod batch;
mod delivery;
mod received;
mod sender;
