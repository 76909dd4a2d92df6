mod backoff;
mod batch;
mod delivery;
