import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { inOrder, said } from '../testing/graph-of.ts';
import { folderOf } from '../testing/hotel.ts';

async function graphOf(files: Readonly<Record<string, string>>) {
  const folder = await folderOf(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`src/main/java/inn/${name}`, text])),
  );
  await using _ = folder;
  return (await survey({ repo: folder.root })).graph;
}

test('JPA and Hibernate: tables, relations, joins, queries by name and in place', async () => {
  const graph = await graphOf({
    'Guest.java': `package inn;
      @Entity @Table(name = "guests", schema = "inn")
      @NamedQuery(name = "Guest.all", query = "select g from Guest g join g.stays s")
      public class Guest {
        @OneToMany(mappedBy = "guest", cascade = CascadeType.ALL, orphanRemoval = true) private List<Stay> stays;
        @ManyToMany @JoinTable(name = "guest_tags") private Set<Tag> tags;
        @ElementCollection @CollectionTable(name = "guest_phones") private Set<String> phones;
      }`,
    'Stay.java': `package inn; @Entity(name = "Stay") public class Stay {
        private Guest guest; private Room room;
        @ManyToOne(fetch = FetchType.LAZY) @JoinColumn(name = "guest_id") public Guest getGuest() { return guest; }
        @ManyToOne public Room getRoom() { return room; }
      }`,
    'Room.java': 'package inn; @Entity public class Room { @Id private Long id; @Version int version; }',
    'Tag.java':
      'package inn; @jakarta.persistence.Entity @jakarta.persistence.Table(name = "tags") public class Tag {}',
    'Desk.java': `package inn;
      public class Desk {
        @PersistenceContext private EntityManager em;
        List<Room> free() { return em.createQuery("select r from Room r where r.free = true", Room.class).getResultList(); }
        void tidy() { em.createNativeQuery("update guests set tidy = true").executeUpdate(); }
        Tag tag(Long id) { return em.find(Tag.class, id); }
      }`,
  });
  expect(said(graph)).toEqual([
    'guest_tags -> guests',
    'guest_tags -> tags',
    'inn.Desk reads and writes room',
    'inn.Desk reads and writes tags',
    'inn.Desk writes guests',
    'inn.Guest is and reads guests',
    'inn.Guest writes guest_phones',
    'inn.Guest writes guest_tags',
    'inn.Room is room',
    'inn.Stay is stay',
    'inn.Tag is tags',
    'stay -> guests',
    'stay -> room',
  ]);
});

test('Spring Data: repositories by their type, queries by annotation, templates by their text, records of JDBC', async () => {
  const graph = await graphOf({
    'Guest.java': 'package inn; @Entity @Table(name = "guests") public class Guest {}',
    'Country.java': 'package inn; @Entity @Table(name = "countries") public class Country {}',
    'Bill.java': `package inn; import org.springframework.data.relational.core.mapping.*;
      @Table("bills") public record Bill(@Id Long id, @MappedCollection Set<BillLine> lines) {}`,
    'Bills.java': 'package inn; public interface Bills extends ListCrudRepository<Bill, Long> {}',
    'GuestRepository.java': `package inn;
      public interface GuestRepository extends JpaRepository<Guest, Long>, JpaSpecificationExecutor<Guest> {
        @Query("select g from Guest g, Country c where g.country = c") List<Guest> abroad();
        @Modifying @Query(value = "delete from stays where guest_id = ?1", nativeQuery = true) void leave(Long id);
      }`,
    'CountryRepository.java': `package inn;
      public interface CountryRepository extends Repository<Country, String> {
        List<Country> findAll(); Optional<Country> findByCode(String code); long countByName(String name);
      }`,
    'Report.java': `package inn; public class Report { private final JdbcTemplate jdbc;
        int count() { return jdbc.queryForObject("select count(*) from stays s join rooms r on r.id = s.room_id", Integer.class); } }`,
  });
  expect(said(graph)).toEqual([
    'inn.Bill is bills',
    'inn.Bills reads and writes bills',
    'inn.Country is countries',
    'inn.CountryRepository reads countries',
    'inn.Guest is guests',
    'inn.GuestRepository reads and writes guests',
    'inn.GuestRepository reads countries',
    'inn.GuestRepository writes stays',
    'inn.Report reads rooms',
    'inn.Report reads stays',
  ]);
});

test('MyBatis: mapper files with their parts and types, annotations, and the mapping of MyBatis-Plus', async () => {
  const graph = await graphOf({
    'Guest.java': 'package inn; @TableName("guests") public class Guest { String name; }',
    'Room.java': 'package inn; public class Room { int beds; }',
    'GuestMapper.java': 'package inn; public interface GuestMapper extends BaseMapper<Guest> {}',
    'RoomMapper.java': 'package inn; public interface RoomMapper { List<Room> free(); void close(int id); }',
    'RoomMapper.xml': `<?xml version="1.0"?><!DOCTYPE mapper PUBLIC "-//mybatis.org//DTD Mapper 3.0//EN" "x.dtd">
      <mapper namespace="inn.RoomMapper">
        <sql id="from">from rooms r <include refid="more"/></sql><sql id="more">left join stays s on s.room_id = r.id</sql>
        <resultMap id="room" type="inn.Room"/>
        <select id="free" resultMap="room">select r.* <include refid="from"/> <where><if test="a != null">and s.id is null</if></where></select>
        <update id="close"><![CDATA[ update rooms <set>beds = 0,</set> where id < #{id} ]]></update>
      </mapper>`,
    'PriceMapper.java': `package inn; @Mapper public interface PriceMapper {
        @Select({"<script>", "select * from prices", "<if test='id != null'> where id = #{id}</if>", "</script>"}) List<Price> all();
        @Insert("insert into prices (id) values (#{id})") int add(Price price);
        @Delete("delete from prices where id = #{id}") int drop(int id); }`,
  });
  expect(said(graph)).toEqual([
    'inn.Guest is guests',
    'inn.GuestMapper reads and writes guests',
    'inn.PriceMapper reads and writes prices',
    'inn.RoomMapper reads and writes rooms',
    'inn.RoomMapper reads stays',
  ]);
});

test('Stripes: what an action bean answers is an entry point', async () => {
  const graph = await graphOf({
    'web/actions/GuestActionBean.java': `package inn.web.actions;
      public class GuestActionBean implements ActionBean {
        @DefaultHandler public ForwardResolution list() { return null; }
        public Resolution save() { return null; }
        public String getName() { return ""; }
      }`,
  });
  expect(graph.endpoints.map(({ name, member }) => [name, member])).toEqual([
    ['ANY /actions/Guest.action?list', 'list'],
    ['ANY /actions/Guest.action?save', 'save'],
  ]);
});

test('mappings in XML, those of Hibernate and those of JPA, say what annotations would', async () => {
  const graph = await graphOf({
    'Guest.java': 'package inn; public class Guest { Set<Stay> stays; Set<Tag> tags; }',
    'Stay.java': 'package inn; public class Stay { Guest guest; Room room; }',
    'Room.java': 'package inn; public class Room { int beds; List<Key> keys; }',
    'Key.java': 'package inn; public class Key { Room room; }',
    'Tag.java': 'package inn; public class Tag { String text; }',
    'Keys.java': 'package inn; public class Keys { EntityManager em; void add() { em.persist(new Key()); } }',
    'Guest.hbm.xml': `<?xml version="1.0"?><!-- <class name="Old"/> --><hibernate-mapping package="inn">
      <class name="inn.Guest" table="guests"><id name="id"/>
        <set name="stays" cascade="all-delete-orphan" inverse="true"><key column="guest"/><one-to-many class="Stay"/></set>
        <set name="tags" table="guest_tags"><key column="guest"/><many-to-many class="Tag"/></set>
      </class>
      <class name="Tag" table="tags"/>
      <query name="late"><![CDATA[from Guest g where g.age < 3]]></query>
    </hibernate-mapping>`,
    'orm.xml': `<entity-mappings version="2.0"><package>inn</package>
      <entity class="Stay"><table name="stay_log"/><attributes><many-to-one name="room"/></attributes></entity>
      <entity class="inn.Room" name="rooms"><attributes>
        <one-to-many name="keys" target-entity="inn.Key"><cascade><cascade-all/></cascade></one-to-many></attributes></entity>
      <entity class="Key"/><entity class="Gone"/>
    </entity-mappings>`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'inn.Guest is and reads guests',
      'inn.Guest writes guest_tags',
      'inn.Key is key',
      'inn.Keys reads and writes key',
      'inn.Room is rooms',
      'inn.Stay is stay_log',
      'inn.Tag is tags',
      'guest_tags -> guests',
      'guest_tags -> tags',
      'key -> rooms',
      'stay_log -> guests',
      'stay_log -> rooms',
    ]),
  );
  expect(
    graph.foreignKeys
      .filter(({ cascades }) => cascades)
      .map(({ from }) => from)
      .sort(),
  ).toEqual(['key', 'stay_log']);
});

test('servlets and actions that only XML names are entry points', async () => {
  const graph = await graphOf({
    'Desk.java': 'package inn; public class Desk extends HttpServlet {}',
    'Bell.java': 'package inn; @WebServlet("/bell") public class Bell extends HttpServlet {}',
    'CheckIn.java':
      'package inn; public class CheckIn extends ActionSupport { public String save() { return null; } }',
    'web.xml': `<web-app><servlet><servlet-name>d</servlet-name><servlet-class>inn.Desk</servlet-class></servlet>
      <servlet><servlet-name>b</servlet-name><servlet-class>inn.Bell</servlet-class></servlet>
      <servlet-mapping><servlet-name>d</servlet-name><url-pattern>/desk/*</url-pattern></servlet-mapping>
      <servlet-mapping><servlet-name>b</servlet-name><url-pattern>/bell</url-pattern></servlet-mapping></web-app>`,
    'struts.xml': `<struts><package name="p" namespace="/inn"><action name="checkIn" class="inn.CheckIn" method="save"/></package></struts>`,
  });
  expect(graph.endpoints.map(({ name, module }) => `${name} ${module}`).sort()).toEqual([
    'ANY /bell inn.Bell',
    'ANY /desk/* inn.Desk',
    'ANY /inn/checkIn.action inn.CheckIn',
  ]);
});

test('beans are entered through the views of Faces that name them in expressions', async () => {
  const graph = await graphOf({
    'Desk.java':
      'package inn; @Named @RequestScoped public class Desk { public String open() { return ""; } }',
    'Bell.java': 'package inn; @ManagedBean(name = "ringer") public class Bell {}',
    'Help.java': 'package inn; public class Help {}',
    'Quiet.java': 'package inn; @Named public class Quiet {}',
    'faces-config.xml': `<faces-config><managed-bean><managed-bean-name>pc_help</managed-bean-name>
      <managed-bean-class>inn.Help</managed-bean-class></managed-bean></faces-config>`,
    '../../../webapp/lobby/desk.xhtml': `<html><h:form rendered="#{not empty desk.guests and x.quiet.y}">
      <h:inputText value="#{desk.name}"/><h:commandButton action="#{ringer.ring('desk.quiet.z')}"/>#{stranger.name}</h:form></html>`,
    '../../../webapp/WEB-INF/help.xhtml': '<p>#{pc_help.topics[desk.topic]} quiet.name</p>',
  });
  expect(said(graph)).toEqual([
    'http ANY /WEB-INF/help.xhtml by inn.Desk',
    'http ANY /WEB-INF/help.xhtml by inn.Help',
    'http ANY /lobby/desk.xhtml by inn.Bell',
    'http ANY /lobby/desk.xhtml by inn.Desk',
  ]);
});
