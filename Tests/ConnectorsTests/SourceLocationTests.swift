// Locations of databases: what they mean, and that none has a password.

import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct SourceLocationTests {
  private func path(_ location: String) throws -> String? {
    let isFile = !(try SourceLocation(location)).kind.endings.isEmpty
    return isFile ? try SQLiteSource.path(of: location) : nil
  }

  @Test func `files are known by scheme or ending`() throws {
    #expect(try path("sqlite:shop") == "shop")
    #expect(try path("sqlite:///tmp/shop.x") == "/tmp/shop.x")
    #expect(try path("a b/Shop.SQLite") == "a b/Shop.SQLite")
    #expect(try path("c:d.db") == "c:d.db")
  }

  @Test(arguments: ["mysql://host/db", "MariaDB://host/db", "postgres://host/db"])
  func `servers are known by scheme`(_ location: String) throws {
    #expect(try SourceLocation(location).kind.password != nil)
  }

  @Test func `messages list every kind of database`() {
    let passwords = DataSources.passwords
    for kind in DatabaseKind.all {
      #expect(DataSources.forms.contains(kind.form))
      guard let password = kind.password else { continue }
      #expect(passwords.contains(password.variable) && passwords.contains(password.file))
    }
  }

  @Test(arguments: ["sqlite:shop.db", "shop.db", "mysql://host/db"])
  func `vectors are kept by PostgreSQL alone`(_ location: String) throws {
    #expect(throws: ConnectorError.notPostgreSQL(location: location)) {
      _ = try PGVectorTarget.name(of: location)
    }
  }

  @Test func `a MySQL server has a user, a host, a port and a database`() throws {
    let address = try ServerAddress("mysql://a%40b@db.example:3307/shop%20one?socket=/run/s%3Ds")
    #expect(address.user == "a@b")
    #expect(address.host == "db.example")
    #expect(address.port == 3307)
    #expect(address.database == "shop one")
    #expect(address.socket == "/run/s=s")
    #expect(address.name == "mysql://db.example:3307/shop%20one")
    let local = try ServerAddress("mysql://[::1]/shop")
    #expect(local.host == "::1" && local.port == 3306 && local.user == nil)
  }

  @Test(arguments: [
    "mysql://u:secret@host/db", "mysql://u:se/cr@et@host/db", "mysql://host/db?password=secret",
    "postgresql://u:secret@host/db", "postgres://u@host/db?password=secret",
    "postgresql://u@host/db?sslpassword=secret", "mysql://u:se?secret@host/db",
    "mysql://u:12?secret@host/db", "mysql://u@host/db?passwd=secret",
    "mysql://u@host/db?x=1&PASSWORD=secret", "mysql://u:secret/db@host",
  ])
  func `a password is refused and not repeated`(_ location: String) throws {
    let error = try #require(throws: ConnectorError.self) { try SourceLocation(location) }
    guard case .passwordInLocation = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(error.kind == .usage)
    for secret in ["secret", "se/cr"] {
      #expect(!error.description.contains(secret))
    }
  }

  @Test(arguments: [
    "oracle://u:secret@host/db", "oracle://host/db?password=secret", "oracle://u:se?secret@host",
    "host=db.example user=u password=secret", "postgresql:u:secret@host/db",
    "postgresql://u:se#secret@[host/db", "mysql://host:secret/db", "mysql://[::1]secret/db",
    "mysql://host/db?tls=secret", "postgresql://host/db?nothing=secret",
  ])
  func `what is no database is refused without its secrets`(_ location: String) throws {
    let uses: [() throws -> Void] = [
      { _ = try SourceLocation(location) }, { _ = try PGVectorTarget(location) },
    ]
    for open in uses {
      let error = try #require(throws: ConnectorError.self) { try open() }
      #expect(error.kind == .usage, "\(error)")
      #expect(!error.description.contains("secret"))
      #expect(!String(reflecting: error).contains("secret"))
    }
  }

  @Test(arguments: [
    ("mysql://u@db.example:3306/shop?socket=/x", "mysql://db.example:3306/shop"),
    ("postgresql://db.example/shop?user=me@corp", "postgresql://db.example/shop"),
    ("postgresql://db.example:5432/shop?user=me@corp", "postgresql://db.example:5432/shop"),
    ("postgresql:///shop?host=/run", "postgresql:///shop"), ("a b/shop.sqlite", "a b/shop.sqlite"),
  ])
  func `a location is shown without user and options`(_ location: String, _ shown: String) {
    #expect(SourceLocation.shown(location) == shown)
  }

  @Test(arguments: [
    "shop", "oracle://host/db", "mysql://host", "mysql://host:0/db", "mysql://host:x/db",
    "mysql:///db", "mysql://host/db?tls=1", "sqlite:", "postgresql://host:port/db?x=y", "",
  ])
  func `what is no database is refused`(_ location: String) throws {
    let error = try #require(throws: ConnectorError.self) { try SourceLocation(location) }
    guard case .badLocation = error else {
      Issue.record("got \(error)")
      return
    }
  }
}
