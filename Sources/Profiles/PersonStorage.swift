/// Where a state's lists lie: behind one reference, so that handing a state on copies a few words and counts once, however
/// many lists there are. Shared by copies of a state until one of them changes it.
@usableFromInline
final class PersonStorage: @unchecked Sendable {
  // Safe to share: only a sole owner writes.
  @usableFromInline
  struct Content {
    /// Those of the lists that were asked for.
    @usableFromInline var lists = SectionLists()
    /// The others, as they were read.
    @usableFromInline var packed = PackedSections()

    init() {}
  }

  /// By pointer, since whoever has the state has exclusive access to it: nothing is to be checked again at every look.
  @usableFromInline let content: UnsafeMutablePointer<Content>

  @usableFromInline
  init() {
    content = .allocate(capacity: 1)
    content.initialize(to: Content())
  }

  @usableFromInline
  init(copying other: PersonStorage) {
    content = .allocate(capacity: 1)
    content.initialize(to: other.content.pointee)
  }

  deinit {
    content.deinitialize(count: 1)
    content.deallocate()
  }
}

extension PersonState {
  @usableFromInline var lists: SectionLists {
    @inlinable
    @inline(__always)
    _read {
      defer { withExtendedLifetime(storage) {} }
      yield storage.content.pointee.lists
    }
    @inlinable
    @inline(__always)
    _modify {
      ownStorage()
      defer { withExtendedLifetime(storage) {} }
      yield &storage.content.pointee.lists
    }
  }

  @usableFromInline var packed: PackedSections {
    @inlinable
    @inline(__always)
    _read {
      defer { withExtendedLifetime(storage) {} }
      yield storage.content.pointee.packed
    }
    @inlinable
    @inline(__always)
    _modify {
      ownStorage()
      defer { withExtendedLifetime(storage) {} }
      yield &storage.content.pointee.packed
    }
  }

  @inlinable
  @inline(__always)
  mutating func ownStorage() {
    if !isKnownUniquelyReferenced(&storage) { storage = PersonStorage(copying: storage) }
  }
}
