//! A policy in Rego, compiled once for the virtual machine of regorus, its fastest way, and asked with JSON.

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use wasm_bindgen::prelude::*;

/// A compiled policy with its data.
#[wasm_bindgen]
pub struct Policy(RegoVM);

#[wasm_bindgen]
impl Policy {
    /// Compiles a policy; `entry` is the rule that is asked for, `data` JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(rego: String, entry: &str, data: &str) -> Result<Policy, String> {
        let mut engine = Engine::new();
        let data = Value::from_json_str(data).map_err(told)?;
        engine.add_policy("policy.rego".to_owned(), rego).map_err(told)?;
        let entry_point: Rc<str> = entry.into();
        let policy = engine.compile_with_entrypoint(&entry_point).map_err(told)?;
        let program = Compiler::compile_from_policy(&policy, &[entry]).map_err(told)?;
        let mut vm = RegoVM::new();
        vm.load_program(program);
        vm.set_data(data).map_err(told)?;
        vm.set_max_instructions(usize::MAX);
        Ok(Self(vm))
    }

    /// What the rule says of an input, both JSON.
    pub fn decide(&mut self, input: &str) -> Result<String, String> {
        self.0.set_input(Value::from_json_str(input).map_err(told)?);
        let decision = self.0.execute().map_err(told)?;
        decision.to_json_str().map_err(told)
    }
}

fn told(error: impl core::fmt::Display) -> String {
    error.to_string()
}
