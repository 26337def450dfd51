import Liquid
import RoostCore
import Segments

extension CompiledTemplate {
  /// What stands where a code will: in previews, tests and rehearsals, and until a message is claimed.
  public static let sampleCode = "SAMPLE-CODE"

  /// The pools that the template names, in all languages, from A to Z.
  public var pools: [String] {
    Set(partsByPointer.flatMap(\.template.voucherUses).compactMap(\.pool)).sorted()
  }

  /// The pools that a message's variant names.
  public func pools(of values: TemplateValues) -> [String] {
    Set(variant(of: values).parts.flatMap(\.template.voucherUses).compactMap(\.pool)).sorted()
  }

  /// The pools of which a message shows a code: not those in branches that it does not take. None if it cannot be
  /// rendered, for then it will not be sent.
  ///
  /// - Parameter values: with a code of each of `pools(of:)`, as far as there is one.
  public func poolsShown(_ values: TemplateValues, in definitions: WorkspaceDefinitions, at moment: Instant) -> [String]
  {
    let settings = settings(values, in: definitions, at: moment)
    var shown: [String] = []
    for (_, template) in variant(of: values).parts {
      do throws(TemplateError) {
        for pool in try template.pools(values: values.root, settings: settings) where !shown.contains(pool) {
          shown.append(pool)
        }
      } catch { return [] }
    }
    return shown
  }

  /// A template that could never give a code is refused while its author looks at it.
  func checkVouchers(_ sources: WorkspaceSources) throws(Problem) {
    var findings: [Problem.Finding] = []
    for (pointer, template) in partsByPointer {
      for use in template.voucherUses {
        guard let objection = Self.objection(use, sources) else { continue }
        // Nobody sees the source that is made of blocks.
        let hasPlace = !pointer.hasSuffix("/blocks") || !use.source.isEmpty
        let place = TemplateError(source: use.source, line: use.line, column: use.column, message: objection)
        let finding = Problem.Finding(pointer: pointer, detail: hasPlace ? place.text : objection)
        if !findings.contains(finding) { findings.append(finding) }
      }
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the template cannot be used", findings: findings) }
  }

  private static func objection(_ use: VoucherUse, _ sources: WorkspaceSources) -> String? {
    guard let pool = use.pool else {
      return
        "a pool of vouchers is named in quotes right before the filter, so that it is known before anything is sent: "
        + "{{ \"spring\" | voucher }}"
    }
    guard sources.latest(.voucherPool, pool) == nil else { return nil }
    let known = nearest(to: pool, in: sources.all(.voucherPool).map(\.key))
    return "there is no pool of vouchers \"\(pool)\"" + (known.map { "; did you mean \($0)?" } ?? "")
      + "; put it first (PUT …/vouchers/{pool})"
  }
}
