/** Names that libraries of data access are called by: only chains with one of them are kept. */
export const chainWords = new Set(
  `pgTable mysqlTable sqliteTable table define init createTable createTableIfNotExists alterTable references inTable foreign from into
  select insert update delete del upsert where join innerJoin leftJoin rightJoin fullJoin leftOuterJoin rightOuterJoin crossJoin first pluck
  whereIn andWhere orderBy count max min sum returning increment decrement truncate
  findMany findUnique findUniqueOrThrow findFirst findFirstOrThrow aggregate groupBy create createMany createManyAndReturn updateMany deleteMany
  find findOne findOneBy findOneOrFail findBy findAll findByPk findOrCreate findAndCountAll findAndCount bulkCreate destroy build save
  persist persistAndFlush remove nativeUpdate nativeDelete nativeInsert getRepository hasMany hasOne belongsTo belongsToMany EntitySchema
  createQueryBuilder exists existsBy exist countBy softDelete softRemove restore recover upsert findOneByOrFail findByIds insertMany
  updateOne deleteOne findById findByIdAndUpdate findByIdAndDelete findOneAndUpdate findOneAndDelete countDocuments defineEntity`.split(
    /\s+/,
  ),
);
