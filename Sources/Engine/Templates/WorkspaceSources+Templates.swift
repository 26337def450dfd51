import RoostCore

extension WorkspaceSources {
  /// Checks a template, snippet or layout as if it were put: with everything that takes it in.
  public func checkTemplate(_ body: JSONValue, key: String) throws(Problem) {
    let library = TemplateLibrary(self)
    let kind = body["kind"]?.string ?? "message"
    let old = latest(.template, key)?.body["kind"]?.string ?? "message"
    guard ["message", "snippet", "layout"].contains(kind) else {
      throw .invalid("/kind", "a template is of kind message, snippet or layout")
    }
    if latest(.template, key) != nil, old != kind {
      throw .invalid("/kind", "\"\(key)\" is of kind \(old); take another key for a \(kind)")
    }
    guard kind != "message" else {
      return try CompiledTemplate(body, version: 1, library: library).checkVouchers()
    }
    try SnippetCheck.check(body, key: key, library: library)
    try checkUses(of: key, library.with(body, key: key, version: 1))
  }

  /// Whatever takes the snippet in has to go on working.
  private func checkUses(of key: String, _ library: TemplateLibrary) throws(Problem) {
    var findings: [Problem.Finding] = []
    for document in all(.template) where document.body["kind"]?.string ?? "message" == "message" {
      do throws(Problem) {
        try CompiledTemplate(document, library: library).checkVouchers()
      } catch {
        for finding in error.findings.prefix(3) {
          findings.append(
            .init(pointer: "/source", detail: "template \(document.key), \(finding.pointer): \(finding.detail)"))
        }
      }
    }
    guard findings.isEmpty else {
      throw Problem(.invalid, "templates that use \"\(key)\" would no longer work", findings: findings)
    }
  }
}

extension CompiledTemplate {
  /// A template that would fail for everybody is refused while its author looks at it.
  fileprivate func checkVouchers() throws(Problem) {
    let findings = partsByPointer.compactMap { pointer, template -> Problem.Finding? in
      guard var place = template.voucherPlace else { return nil }
      place.message =
        "there are no pools of vouchers to give codes from; bring the code with the event or as a trait, and show it by "
        + "{{ event.code }}"
      return Problem.Finding(pointer: pointer, detail: place.text)
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the template cannot be used", findings: findings) }
  }
}
