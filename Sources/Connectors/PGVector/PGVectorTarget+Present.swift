// What is in the place of a table that is loaded: whose it is, and what its owner added to it.

extension PGVectorTarget {
  /// Something that was added to a table, and the statement that adds it to another one, if there is
  /// one.
  struct Addition {
    let kind: String
    let name: String
    let statement: String?

    /// Whether others could read more without it.
    var restrictsReaders: Bool { kind == "policy" || kind == "row security" }
    var text: String { "the \(kind) \(name)" }
  }

  /// Refuses a table of this name that is something else, and tells what goes with one that is
  /// replaced.
  func checkPresent(
    _ table: PGVectorTable, isForced: Bool, tell: (String) -> Void
  ) throws {
    let found = try connection.query(
      """
      select a.atttypmod, t.typname, c.relkind, obj_description(c.oid, 'pg_class'),
        pg_has_role(c.relowner, 'usage') from pg_class c
      left join pg_attribute a on a.attrelid = c.oid and a.attname = 'embedding'
        and not a.attisdropped
      left join pg_type t on t.oid = a.atttypid
      where c.oid = to_regclass($1)
      """, [Self.quoted(table.name)], name: table.name)
    guard found.rowCount == 1 else { return }
    guard found.text(0, 1) == "vector", found.text(0, 2) == "r" else {
      throw ConnectorError.badVectorTable(
        table: table.name, reason: "there is something of this name without a vector 'embedding'")
    }
    guard found.text(0, 4) == "t" else {
      throw ConnectorError.noRight(
        source: name, reason: "only the owner of table \(table.name) may replace it")
    }
    let isOurs = found.text(0, 3)?.hasPrefix(PGVectorTable.mark) == true
    guard isOurs || isForced else {
      throw ConnectorError.foreignTable(table: table.name, contents: try contents(of: table))
    }
    let dimension = found.text(0, 0).flatMap { Int($0) } ?? -1
    guard dimension == table.dimension || isForced else {
      throw ConnectorError.otherDimension(
        table: table.name, found: dimension, expected: table.dimension)
    }
    guard isOurs else {
      tell(
        "table \(table.name): mlcore did not make this table, and its \(try contents(of: table)) are lost"
      )
      return
    }
    var lost = try additions(to: table).filter { $0.statement == nil }.map(\.text)
    let rows = try changedRows(of: table)
    if rows > 0 { lost.append("\(rows) row\(rows == 1 ? "" : "s")") }
    if !lost.isEmpty {
      tell("table \(table.name): additions to it are lost: \(lost.joined(separator: ", "))")
    }
  }

  /// The rows and columns of a table, in words.
  private func contents(of table: PGVectorTable) throws -> String {
    let rows = try rowCount(of: table.name)
    let columns = try connection.query(
      """
      select string_agg(attname, ', ' order by attnum) from pg_attribute
      where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
      """, [Self.quoted(table.name)], name: table.name)
    return "\(rows) row\(rows == 1 ? "" : "s") and the columns \(columns.text(0, 0) ?? "")"
  }

  /// The rows that another transaction wrote than the one that loaded the table and wrote its
  /// comment; 0 where that holds for all, as after a restore from a dump.
  private func changedRows(of table: PGVectorTable) throws -> Int {
    let found = try connection.query(
      """
      select count(*) filter (where t.xmin::text <> d.xmin::text), count(*)
      from \(Self.quoted(table.name)) t, pg_description d
      where d.objoid = to_regclass($1) and d.classoid = 'pg_class'::regclass and d.objsubid = 0
      """, [Self.quoted(table.name)], name: table.name)
    let counts = (0..<2).map { found.text(0, $0).flatMap { Int($0) } ?? 0 }
    return counts[0] == counts[1] ? 0 : counts[0]
  }

  /// What somebody added to the table of this name that is there now.
  func additions(to table: PGVectorTable) throws -> [Addition] {
    let found = try connection.query(
      """
      select kind, name, statement from (
        select 1, 'owner', pg_get_userbyid(relowner)::text,
          format('alter table %s owner to %I', $1::text, pg_get_userbyid(relowner)), oid
        from pg_class where pg_get_userbyid(relowner) <> current_user
        union all select 2, 'column', attname, null, attrelid from pg_attribute
        where attnum > 0 and not attisdropped and attname not in ('id', 'embedding')
        union all select 3, 'constraint', conname,
          format('alter table %s add constraint %I %s', $1::text, conname, pg_get_constraintdef(oid)),
          conrelid
        from pg_constraint where contype in ('c', 'f', 'u', 'x')
        union all select 4, 'index', c.relname, pg_get_indexdef(i.indexrelid), i.indrelid
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where not i.indisprimary and c.relname <> $2::text and not exists (
          select from pg_constraint where conindid = i.indexrelid and conrelid = i.indrelid)
        union all select 5, 'trigger', tgname, pg_get_triggerdef(oid), tgrelid
        from pg_trigger where not tgisinternal
        union all select 6, 'rule', rulename, pg_get_ruledef(oid), ev_class from pg_rewrite
        union all select 7, 'policy', polname,
          format('create policy %I on %s as %s for %s to %s', polname, $1::text,
            case when polpermissive then 'permissive' else 'restrictive' end,
            case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
              when 'd' then 'delete' else 'all' end,
            (select string_agg(
              case when role = 0 then 'public' else quote_ident(pg_get_userbyid(role)) end, ', ')
              from unnest(polroles) role))
            || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
            || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', ''),
          polrelid
        from pg_policy
        union all select 7, 'row security', 'of the table',
          format('alter table %s enable row level security', $1::text), oid
        from pg_class where relrowsecurity
        union all select 7, 'row security', 'for the owner',
          format('alter table %s force row level security', $1::text), oid
        from pg_class where relforcerowsecurity
        union all select 8, 'statistics', stxname, pg_get_statisticsobjdef(oid), stxrelid
        from pg_statistic_ext
        union all select 9, 'publication', p.pubname,
          format('alter publication %I add table %s', p.pubname, $1::text), r.prrelid
        from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
        union all select 10, 'setting', split_part(option, '=', 1),
          format('alter table %s set (%s)', $1::text, option), oid
        from pg_class, unnest(reloptions) option
        union all select 10, 'comment', 'on column ' || a.attname,
          format('comment on column %s.%I is %L', $1::text, a.attname, d.description), a.attrelid
        from pg_description d join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
        where d.classoid = 'pg_class'::regclass and a.attname in ('id', 'embedding')
        union all select 10, 'replica identity', 'full',
          format('alter table %s replica identity full', $1::text), oid
        from pg_class where relreplident = 'f'
        union all select 10, 'replica identity', 'nothing',
          format('alter table %s replica identity nothing', $1::text), oid
        from pg_class where relreplident = 'n'
        union all select 10, 'replica identity', c.relname,
          format('alter table %s replica identity using index %I', $1::text, c.relname), i.indrelid
        from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisreplident
      ) as found (place, kind, name, statement, relation)
      where relation = to_regclass($1) order by place, name
      """, [Self.quoted(table.name), Self.index(table, isNew: false)], name: table.name)
    return (0..<found.rowCount).map { row in
      Addition(
        kind: found.text(row, 0) ?? "", name: found.text(row, 1) ?? "",
        statement: found.text(row, 2))
    }
  }

  /// Adds again what was added to the table that was replaced, and tells of what fails.
  ///
  /// - Throws: also where a policy fails: without it those who have rights would read more than before.
  func restore(
    _ additions: [Addition], to table: PGVectorTable, tell: (String) -> Void
  ) throws {
    for addition in additions {
      guard let statement = addition.statement else { continue }
      try run("savepoint addition")
      do {
        try run(statement)
        try run("release addition")
      } catch ConnectorError.databaseFailed(_, let reason), ConnectorError.noRight(_, let reason) {
        try run("rollback to addition")
        guard !addition.restrictsReaders else {
          throw ConnectorError.readersUnrestricted(
            table: table.name, rule: addition.text, reason: reason)
        }
        tell("table \(table.name): \(addition.text) is lost: \(reason)")
      }
    }
  }
}
