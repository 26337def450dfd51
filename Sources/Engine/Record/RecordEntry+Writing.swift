import Events
import RoostCore

/// Appends entries to a record's payload.
extension [UInt8] {
  @inline(__always)
  private mutating func append(_ kind: RecordEntry.Kind) { append(kind.rawValue) }

  public mutating func appendPerson(_ workspace: WorkspaceID, _ person: PersonID) {
    append(.person)
    append(word: workspace.number)
    append(word: person.number)
  }

  public mutating func appendEvent(_ record: UnsafeRawBufferPointer) {
    append(.event)
    append(contentsOf: record)
  }

  public mutating func appendDue() { append(.due) }

  public mutating func appendAbsorb(source: PersonID, state: UnsafeRawBufferPointer) {
    append(.absorb)
    append(word: source.number)
    append(counted: state)
  }

  public mutating func appendRedirect(to person: PersonID) {
    append(.redirect)
    append(word: person.number)
  }

  /// - Parameter places: of identifiers in the event, below 256.
  public mutating func appendRefused(_ places: [Int]) {
    append(.refused, counted: places.map { UInt8(truncatingIfNeeded: $0) })
  }

  public mutating func appendFill(epoch: UInt32, trackers: UnsafeRawBufferPointer) {
    append(.fill)
    append(word: epoch)
    append(counted: trackers)
  }

  public mutating func appendErase(tombstones: [UInt8]) {
    append(.erase)
    tombstones.withUnsafeBytes { append(counted: $0) }
  }

  mutating func appendErasedEvent(bytes: Int) {
    append(.erasedEvent)
    append(word: UInt32(bytes))
  }

  mutating func append(_ kind: RecordEntry.Kind, counted bytes: [UInt8]) {
    append(kind)
    bytes.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendMessageState(_ record: [UInt8]) { append(.messageState, counted: record) }
  public mutating func appendMessageFate(_ record: [UInt8]) { append(.messageFate, counted: record) }

  public mutating func appendSymbols(_ workspace: WorkspaceID, from number: Int, names: [String]) {
    append(.symbols)
    append(word: workspace.number)
    append(word: UInt32(number))
    var list: [UInt8] = []
    for name in names { list.append(counted: name) }
    list.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendDefinition(_ change: JSONValue) {
    var json: [UInt8] = []
    change.write(into: &json)
    append(.definition, counted: json)
  }

  public mutating func appendHistoryCut(_ workspace: WorkspaceID) {
    append(.historyCut)
    append(word: workspace.number)
  }

  public mutating func appendBroadcastTurn(_ journey: Symbol) {
    append(.broadcastTurn)
    append(word: journey.number)
  }

  public mutating func appendAudience(_ workspace: WorkspaceID, _ journey: Symbol, list: UInt32, _ people: [PersonID]) {
    append(.audience)
    append(word: workspace.number)
    append(word: journey.number)
    append(word: list)
    var ids: [UInt8] = []
    ids.reserveCapacity(people.count * 8)
    for person in people { ids.append(word: person.number) }
    ids.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendTally(_ moves: TallyMoves) { append(.tally, counted: moves.encoded) }

  public mutating func appendQuarantine(_ item: [UInt8]) { append(.quarantine, counted: item) }

  /// - Parameter text: its format, number and workspace first, as refused events have them.
  public mutating func appendLongText(_ text: [UInt8]) { append(.longText, counted: text) }

  /// - Parameter changes: as `CatalogChanges` encodes them.
  public mutating func appendCatalog(_ workspace: WorkspaceID, _ changes: [UInt8]) {
    append(.catalog)
    append(word: workspace.number)
    changes.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendVouchers(_ workspace: WorkspaceID, _ addition: VoucherAddition) {
    append(.vouchersAdded)
    append(word: workspace.number)
    var bytes: [UInt8] = []
    addition.encode(into: &bytes)
    bytes.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendVoucher(_ workspace: WorkspaceID, _ giving: VoucherGiving) {
    append(.voucherGiven)
    append(word: workspace.number)
    var bytes: [UInt8] = []
    giving.encode(into: &bytes)
    bytes.withUnsafeBytes { append(counted: $0) }
  }

  public mutating func appendQuarantineCleared(_ workspace: WorkspaceID, number: UInt64) {
    append(.quarantineCleared)
    append(word: workspace.number)
    append(word: number)
  }
}
