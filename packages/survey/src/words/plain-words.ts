/** Words that programs in any domain are written with: of the languages, of collections, of getters and of layers. */
export const plainWords: ReadonlySet<string> = new Set(
  `a an the of to in on by for with from as at is are be was has have had do does did not no and or if else then than this that it its
  get set put add remove delete update create insert save load find fetch list all any each one new old make build init start stop run
  execute call process handle do perform apply check validate valid is has can should will must value values key keys name names type
  types id ids code size count length index number num total max min first last next previous prev begin end from to
  string int integer long double float boolean bool char byte short object class void null true false date time timestamp calendar
  locale map set list array collection iterator stream optional entry entries element elements item-list
  exception error errors message messages log logger logging info debug warn warning util utils helper helpers common base abstract
  default impl implementation interface factory builder manager handler controller service repository dao mapper entity model dto vo bean
  action resource rest api web http request response servlet filter session context config configuration properties property application
  app main test java javax jakarta org com net io spring springframework boot lang util sql jdbc jpa persistence annotation
  serial version uid hash equals to copy clone compare string param params parameter parameters arg args result results data row rows
  form view page template path url uri redirect forward status state flag mode option options default input output file files line lines
  read write open close print format parse convert query select where order-by group table column columns db database connection statement
  serializable override public private protected static final return throws throw try catch super extends implements import package
  module modules index src lib js ts node require exports function const let var async await promise then callback cb self undefined typeof
  instanceof event events listener json xml html css text body header headers content field fields target source`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
