mod reader;
mod writer;
