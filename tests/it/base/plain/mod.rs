mod failure;
mod json;
mod pieces;
mod reader;
mod table;
mod values;
mod writer;
