mod id;
mod varint;
