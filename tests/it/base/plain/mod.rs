mod failure;
mod json;
mod reader;
mod writer;
