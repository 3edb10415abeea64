begin;
insert into orders (id, customer, article, amount, cents, status)
  values (:id, :customer, :article, :amount, :cents, 'confirmed');
update customers set credit = credit - :cents where id = :customer;
update stock set count = count - :amount where id = :article;
commit;
