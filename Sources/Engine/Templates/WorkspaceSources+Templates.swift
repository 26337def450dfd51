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
      return try CompiledTemplate(body, version: 1, library: library).checkVouchers(self)
    }
    try SnippetCheck.check(body, key: key, library: library)
    try checkUses(of: key, library.with(body, key: key, version: 1))
  }

  /// Whatever takes the snippet in has to go on working.
  private func checkUses(of key: String, _ library: TemplateLibrary) throws(Problem) {
    var findings: [Problem.Finding] = []
    for document in all(.template) where document.body["kind"]?.string ?? "message" == "message" {
      do throws(Problem) {
        try CompiledTemplate(document, library: library).checkVouchers(self)
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
