import RoostCore

extension ValueTest {
  /// Whether a value passes at `now`, exactly as in a compiled condition; `nil` and `.null` are a missing one.
  public func passes(_ value: Value?, at now: Instant) -> Bool {
    let test = CompiledTest(self)
    return Operand.with(value) { test.passes($0, at: now) }
  }
}
