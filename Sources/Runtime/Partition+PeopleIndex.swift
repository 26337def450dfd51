import Profiles
import RoostCore
import Storage

extension Partition {
  /// Writes what the next start needs to know of everybody. To be called when nothing follows the checkpoint.
  func writePeopleIndex() {
    guard failure == nil else { return }
    var people = table.slots.indices.filter { table.slots[$0].byteCount > 0 && !table.isErased($0) }
    sortByKey(&people)
    var places = [UInt32](repeating: .max, count: table.count)
    for (place, slot) in people.enumerated() { places[slot] = UInt32(place) }
    var chunks: UInt32 = 1
    var chunk: [UInt8] = []
    func end() {
      guard chunk.count > 1 else { return }
      var batch = StateBatch()
      batch.put(PeopleIndex.key(chunks), chunk)
      write(batch)
      chunks += 1
    }
    func begin(_ kind: PeopleIndex.Kind) {
      end()
      chunk.removeAll(keepingCapacity: true)
      chunk.append(kind.rawValue)
    }
    begin(.people)
    for slot in people {
      if chunk.count >= PeopleIndex.chunkBytes { begin(.people) }
      append(slot, to: &chunk)
    }
    begin(.identifiers)
    var identifiers: UInt32 = 0
    index.forEach { high, low, slot in
      guard places[slot] != .max else { return }
      if chunk.count >= PeopleIndex.chunkBytes { begin(.identifiers) }
      chunk.append(word: high)
      chunk.append(word: low)
      chunk.append(word: places[slot])
      identifiers += 1
    }
    for (workspace, counts) in counts.sorted(by: { $0.key < $1.key }) {
      begin(.counts)
      counts.present.json(workspace).write(into: &chunk)
    }
    end()
    // The head last: without it there is no index.
    var batch = StateBatch()
    batch.put(
      PeopleIndex.key(0),
      PeopleIndex.Head(commit: commit, chunks: chunks, people: UInt32(people.count), identifiers: identifiers).bytes)
    write(batch)
  }

  private func append(_ slot: Int, to chunk: inout [UInt8]) {
    let row = table.slots[slot]
    chunk.append(word: row.person.number)
    chunk.append(word: row.workspace.number)
    chunk.append(word: row.byteCount)
    chunk.append(word: row.position)
    chunk.append(word: row.dueAt.milliseconds)
  }

  /// Takes what the end of service left, if it is of the checkpoint's commit, and deletes it; whether that was so.
  func takePeopleIndex(of checkpoint: Checkpoint?) throws(Problem) -> Bool {
    var read = PeopleIndex()
    var isUsable = checkpoint != nil
    var found = StateBatch()
    do {
      try store.scan(.prefix([StoreKeys.peopleIndex])) { key, chunk in
        found.delete(key)
        guard isUsable, let checkpoint else { return true }
        do throws(MalformedBytes) { isUsable = try read.take(chunk, of: checkpoint.commit) } catch { isUsable = false }
        return true
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
    guard found.count > 0 else { return false }
    write(found)
    guard isUsable, read.isComplete else { return false }
    for (workspace, present) in read.counts { counts[workspace, default: WorkspaceCounts()].present = present }
    swap(&table, &read.table)
    index = read.index
    due = DueQueue(
      (0..<table.count).lazy.filter { self.table.slots[$0].dueAt != .distantFuture }
        .map { (slot: $0, at: self.table.slots[$0].dueAt) })
    return true
  }
}
