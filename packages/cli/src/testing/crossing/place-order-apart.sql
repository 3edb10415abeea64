begin;
insert into orders (id, customer, article, amount, cents, status)
  values (:id, :customer, :article, :amount, :cents, 'placed');
update customers set credit = credit - :cents where id = :customer;
select banyan.append_event('order-' || :id, 'OrderPlaced',
  jsonb_build_object('article', :article, 'amount', :amount));
commit;
