import Engine
import HostileInput
import Liquid
import RoostCore
import Testing

/// Pools of vouchers before anything runs: their documents, their codes as shops send them, what templates may say of them.
@Suite struct VoucherTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `A code a line`() {
    let long = String(repeating: "x", count: 64)
    let text = "\u{FEFF}A-1\r\n\n  B,2;\"\" \t\nA-1\ntwo words\n\(long)\n\(long)x\nЁлка\nlast"
    let list = VoucherList(lines: bytes(text))
    #expect(list.codes == ["A-1", "B,2;\"\"", "A-1", long, "last"])
    #expect(list.bad.map(\.line) == [5, 7, 8] && list.badCount == 3)
    #expect(list.bad[1].reason == "has 65 bytes; a code has at most 64")
    #expect(VoucherList(lines: []).codes.isEmpty)
    let many = VoucherList(lines: bytes(String(repeating: "a b\n", count: 250)))
    #expect(many.badCount == 250 && many.bad.count == 100)
  }

  /// Values by hand from RFC 4180.
  @Test(arguments: [
    ("code\r\nA\r\nB\r\n", ["A", "B"], [Int]()), ("id;Code ;x\n1;A;\n2;\"B\"\"1\"\";\";y\n", ["A", "B\"1\";"], []),
    ("code\tvalue\nA\t5\n", ["A"], []), ("id,code\n1,A\n2\n\n3,\"b\nc\"\n4,D\n", ["A", "D"], [3, 5]),
    ("code\nA\n\"B\"x\nC\n\"D", ["A", "C"], [3, 5]),
  ])
  func `CSV with a column`(text: String, codes: [String], bad: [Int]) throws {
    let list = try VoucherList(csv: bytes(text))
    #expect(list.codes == codes && list.bad.map(\.line) == bad)
  }

  @Test(arguments: ["", "A\nB\n", "codes,id\n1,2\n"])
  func `CSV without the column is refused`(text: String) {
    #expect(throws: Problem.self) { try VoucherList(csv: bytes(text)) }
  }

  /// Whatever comes, what is taken are codes, and nothing is lost without being counted.
  @Test func `Hostile lists`() {
    let corpus = ["code,x\nA,1\n\"B\"\"\",2\r\n", "A\r\nB\n\nC", "id;code\n1;a\n"].map { bytes($0) }
    var input = HostileInput(corpus, tokens: ["\"", ",", ";", "\t", "\r", "\n", "code", "\u{FEFF}"], seed: 77)
    for _ in 0..<(2_000 * HostileInput.factor) {
      let bytes = input.next()
      let lines = VoucherList(lines: bytes)
      var lists = [lines]
      do throws(Problem) { lists.append(try VoucherList(csv: bytes)) } catch { #expect(error.code == .invalid) }
      for list in lists {
        let ends = bytes.count { $0 == 0x0A || $0 == 0x0D }
        #expect(list.codes.count + list.badCount <= ends + 1)
        #expect(
          list.codes.allSatisfy { (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 } })
        #expect(list.bad.allSatisfy { $0.line >= 1 && $0.line <= ends + 1 })
      }
      let filled = bytes.split(separator: 0x0A).count { line in line.contains { ![0x20, 0x09, 0x0D].contains($0) } }
      let isMarkAlone = bytes == [0xEF, 0xBB, 0xBF]
      #expect(isMarkAlone || abs(lines.codes.count + lines.badCount - filled) <= 1)
    }
  }

  @Test func `Hostile records`() {
    var written: [[UInt8]] = [[], []]
    VoucherAddition(pool: "spring", first: 7, codes: ["A", "B"]).encode(into: &written[0])
    Self.giving.encode(into: &written[1])
    var input = HostileInput(written, tokens: ["spring", "A"], seed: 78)
    var read = 0
    for _ in 0..<(2_000 * HostileInput.factor) {
      input.next().withUnsafeBytes { bytes in
        if (try? VoucherAddition(decoding: bytes)) != nil { read += 1 }
        if (try? VoucherGiving(decoding: bytes)) != nil { read += 1 }
      }
    }
    #expect(read < 4_000)
  }

  private static let giving = VoucherGiving(
    pool: "spring", number: 4, code: "A-1", at: Instant(milliseconds: 5),
    link: .init(message: IntentID(high: 1, low: 2), person: PersonID(1)))

  @Test func `Documents of pools`() throws {
    let pool = try VoucherPool(json: ["name": "Spring", "expiresAt": "2027-06-01T00:00:00Z"])
    // 2027-06-01T00:00:00Z by GNU date.
    let end = Instant(milliseconds: 1_811_808_000_000)
    #expect(pool.name == "Spring" && pool.expiresAt == end)
    #expect(pool.isExpired(at: end) && !pool.isExpired(at: Instant(milliseconds: end.milliseconds - 1)))
    #expect(try VoucherPool(json: [:]).isExpired(at: .distantFuture) == false)
    for (json, pointer) in [
      (["expires": "x"], "/expires"), (["expiresAt": "soon"], "/expiresAt"), (["name": 5], "/name"), ("x", ""),
    ] as [(JSONValue, String)] {
      let problem = #expect(throws: Problem.self) { try VoucherPool(json: json) }
      #expect(problem?.findings.map(\.pointer) == [pointer])
    }
  }

  // Templates

  private var shop: WorkspaceSources {
    var sources = WorkspaceSources(
      workspace:
        Workspace(
          id: WorkspaceID(1), key: "shop", name: "Shop", timezone: "UTC", currency: "EUR", locale: "en",
          consentPolicy: .explicit, writeKeyHash: "", secretKeyHash: "", createdAt: .distantPast))
    for key in ["spring", "vip"] {
      sources.documents[.voucherPool, default: [:]][key] = [
        Document(kind: .voucherPool, key: key, version: 1, body: [:], createdAt: .distantPast)
      ]
    }
    return sources
  }

  private func details(_ body: JSONValue, key: String = "t", _ sources: WorkspaceSources? = nil) -> [String] {
    do throws(Problem) {
      try (sources ?? shop).checkTemplate(body, key: key)
      return []
    } catch { return error.findings.map { "\($0.pointer): \($0.detail)" } }
  }

  @Test func `Pools are known before anything is sent`() {
    #expect(
      details(["channel": "sms", "text": "{{ \"spring\" | voucher }} {% assign c = 'vip' | voucher | downcase %}"])
        == [])
    let unknown = details(["channel": "sms", "text": "Hi\n  {{ \"sprin\" | voucher }}"])
    #expect(unknown.count == 1)
    #expect(
      unknown.first
        == "/text: line 2, column 6: there is no pool of vouchers \"sprin\"; did you mean spring?; put it first (PUT …/vouchers/{pool})"
    )
    for text in [
      "{{ event.pool | voucher }}", "{% assign p = 'spring' %}{{ p | voucher }}",
      "{{ 'spr' | append: 'ing' | voucher }}",
      "{{ 'spring' | voucher | voucher }}", "{{ 5 | voucher }}",
    ] {
      let found = details(["channel": "sms", "text": .string(text)])
      #expect(found.count == 1 && found[0].contains("in quotes right before the filter"), "\(text): \(found)")
      #expect(found[0].hasPrefix("/text: line 1, column "))
    }
    #expect(details(["channel": "sms", "text": "{{ '' | voucher: 'spring' }}"]).first?.contains("argument") == true)
    #expect(details(["channel": "sms", "text": "x", "languages": ["ru": ["text": "{{ 'x' | voucher }}"]]]).count == 1)
  }

  @Test func `Snippets are looked at with what uses them`() {
    var sources = shop
    let snippet: JSONValue = ["kind": "snippet", "source": "{{ 'none' | voucher }}"]
    #expect(details(snippet, key: "code") == [])
    let uses: JSONValue = ["channel": "sms", "text": "{% render 'code' %}"]
    sources.documents[.template] = [
      "code": [Document(kind: .template, key: "code", version: 1, body: snippet, createdAt: .distantPast)]
    ]
    #expect(details(uses, sources).first?.hasPrefix("/text: in code, line 1, column 4: there is no pool") == true)
    sources.documents[.template]?["t"] = [
      Document(
        kind: .template, key: "t", version: 1, body: ["channel": "sms", "text": "{% render 'code' %}"],
        createdAt: .distantPast)
    ]
    #expect(details(["kind": "snippet", "source": "{{ x | voucher }}"], key: "code", sources).count == 1)
    #expect(details(["kind": "snippet", "source": "{{ 'vip' | voucher }}"], key: "code", sources) == [])
  }

  @Test func `Codes stand in the values of a message`() throws {
    let template = try CompiledTemplate(
      [
        "channel": "sms", "language": "en",
        "text": "{% if event.vip %}{{ 'vip' | voucher }}{% else %}{{ 'spring' | voucher }}{% endif %}",
        "languages": ["ru": ["text": "{{ 'vip' | voucher }} {{ 'vip' | voucher }}"]],
      ], version: 1, library: TemplateLibrary())
    #expect(template.givesVouchers && template.pools == ["spring", "vip"])
    let definitions = try WorkspaceDefinitions(shop, symbols: SymbolTable(), zones: .fixed)
    let now = Instant(milliseconds: 0)
    func text(_ values: TemplateValues) throws -> String? {
      try template.render(values, in: definitions, at: now)["text"]
    }

    var values = definitions.values(ofSample: [.init("event", ["vip": true])])
    #expect(
      template.pools(of: values) == ["spring", "vip"]
        && template.poolsShown(values, in: definitions, at: now) == ["vip"])
    #expect(try text(values) == "SAMPLE-CODE" && values.vouchers == nil)
    values.choose(template, language: "ru")
    #expect(template.pools(of: values) == ["vip"])
    values.give(["vip": "A-1"])
    #expect(try text(values) == "A-1 A-1" && values.language == "ru")
    var bytes: [UInt8] = []
    values.encode(into: &bytes)
    let read = try bytes.withUnsafeBytes { try TemplateValues(decoding: $0) }
    #expect(read == values && read.vouchers == ["vip": "A-1"] && TemplateValues.areNamed(bytes))
    let plain = definitions.values(ofSample: [])
    #expect(template.poolsShown(plain, in: definitions, at: now) == ["spring"])
  }

  // The log

  private func givings(_ payload: [UInt8]) throws -> [VoucherGiving] {
    try payload.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      _ = try RecordHeader(reading: &reader)
      var found: [VoucherGiving] = []
      while let entry = try RecordEntry.next(&reader) {
        if case .voucherGiven(_, let bytes) = entry { found.append(try VoucherGiving(decoding: bytes)) }
      }
      return found
    }
  }

  @Test(arguments: [(1, 9, true), (1, 8, false), (2, 9, false)])
  func `An erasure takes the link and leaves the code used`(workspace: UInt32, through: UInt64, isErased: Bool) throws {
    var bytes: [UInt8] = []
    RecordHeader(commit: 9, now: Instant(milliseconds: 7), seed: 8, definitions: 3).write(into: &bytes)
    var other = Self.giving
    other.link?.person = PersonID(2)
    bytes.appendVoucher(WorkspaceID(1), Self.giving)
    bytes.appendVouchers(WorkspaceID(1), VoucherAddition(pool: "spring", first: 9, codes: ["Z"]))
    bytes.appendVoucher(WorkspaceID(1), other)
    let erased = ErasedPeople(workspace: WorkspaceID(workspace), people: [PersonID(1)], through: through)
    var rewritten: [UInt8] = []
    let isChanged = try bytes.withUnsafeBytes { try RecordErasure.rewrite($0, erasing: [erased], into: &rewritten) }
    #expect(isChanged == isErased)
    guard isErased else { return }
    var unlinked = Self.giving
    unlinked.link = nil
    #expect(try givings(rewritten) == [unlinked, other])
    var again: [UInt8] = []
    #expect(try !rewritten.withUnsafeBytes { try RecordErasure.rewrite($0, erasing: [erased], into: &again) })
  }
}
