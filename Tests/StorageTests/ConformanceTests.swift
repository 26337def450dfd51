import Storage
import Testing

/// Every implementation keeps every promise of the protocols.
@Suite struct ConformanceTests {
  @Test(arguments: LogProperty.allCases)
  func memoryLog(_ property: LogProperty) throws {
    try property.check { MemoryLog() }
  }

  @Test(arguments: LogProperty.allCases)
  func fileLog(_ property: LogProperty) throws {
    let directory = try TemporaryDirectory()
    try property.check { try FileLog(directory: directory.path("log")) }
  }

  /// With segments so small that every property crosses many files.
  @Test(arguments: LogProperty.allCases)
  func fileLogOfSmallSegments(_ property: LogProperty) throws {
    let directory = try TemporaryDirectory()
    let options = FileLogOptions(segmentBytes: 4_096, reserveBytes: 1_024)
    try property.check { try FileLog(directory: directory.path("log"), options: options) }
  }

  @Test(arguments: StateStoreProperty.allCases)
  func memoryStateStore(_ property: StateStoreProperty) throws {
    try property.check { MemoryStateStore() }
  }

  @Test(arguments: StateStoreProperty.allCases)
  func rocksStateStore(_ property: StateStoreProperty) throws {
    let directory = try TemporaryDirectory()
    try property.check { try RocksStateStore(directory: directory.path("states")) }
  }
}
