mod failure;
mod json;
mod reader;
mod values;
mod writer;
