import { expect, test } from 'vitest';
import { graphOf, inOrder, said, tied } from '../testing/graph-of.ts';
import { python } from './python.ts';

const language = await python();

test('Django: models with relations, routes, tasks and what a view reads and writes', async () => {
  const graph = await graphOf(language, {
    'shop/customers/models.py': `
from django.db import models
class Customer(models.Model):
    name = models.CharField(max_length=40)
    class Meta:
        db_table = "people"
class AbstractAddress(models.Model):
    owner = models.ForeignKey(Customer, on_delete=models.CASCADE)
    class Meta:
        abstract = True
class Address(AbstractAddress):
    street = models.TextField()
`,
    'shop/orders/models.py': `
from django.db import models
from ..customers.models import Customer
class Order(models.Model):
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE)
    items = models.ManyToManyField("Item")
class Item(models.Model):
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
`,
    'shop/orders/views.py': `
from django.db import transaction
from .models import Order
from ..customers import models as people
from .tasks import remind
def show(request, id):
    return Order.objects.filter(id=id).select_related("customer").first()
def place(request):
    with transaction.atomic():
        Order(customer=people.Customer.objects.get(id=1)).save()
        remind.delay(1)
`,
    'shop/orders/tasks.py': `
from celery import shared_task
from django.db import connection
@shared_task
def remind(id):
    with connection.cursor() as cursor:
        cursor.execute("select * from people join orders_order on customer_id = people.id "
                       "where people.id = %s", [id])
`,
    'shop/urls.py': `
from django.urls import path, include
from shop.orders import views
urlpatterns = [path("orders/<int:id>/", views.show), path("accounts/", include("accounts.urls"))]
`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'customers_address -> people',
      'shop.customers.models.Address is customers_address',
      'shop.customers.models.Customer is people',
      'shop.orders.models.Item is orders_item',
      'shop.orders.models.Order writes orders_order_items',
      'shop.orders.models.Order is orders_order',
      'shop/orders/tasks.py reads orders_order',
      'shop/orders/tasks.py reads people',
      'shop/orders/views.py reads people',
      'shop/orders/views.py reads and writes orders_order',
      'orders_item -> orders_item',
      'orders_order_items -> orders_item',
      'orders_order_items -> orders_order',
      'orders_order -> people',
      'job tasks.remind by shop/orders/tasks.py remind',
      'http ANY /orders/<int:id> by shop/urls.py <top>',
      'transaction in shop/orders/views.py place',
    ]),
  );
  expect(tied(graph)).toEqual(
    expect.arrayContaining([
      'shop/orders/views.py -> shop/orders/tasks.py',
      'shop/urls.py -> shop/orders/views.py',
    ]),
  );
});

test('Flask, FastAPI and SQLAlchemy', async () => {
  const graph = await graphOf(language, {
    'app/models.py': `
class Customer(Base):
    __tablename__ = "customers"
    orders: Mapped[list["Order"]] = relationship(back_populates="customer", cascade="all, delete-orphan")
class Order(Base):
    __tablename__ = "orders"
    customer: Mapped["Customer"] = relationship(back_populates="orders")
`,
    'app/api.py': `
from .models import Order
from .repository import Orders
class Api:
    def __init__(self, orders: Orders):
        self.orders = orders
    def all(self):
        return self.orders.find()
@app.route("/orders", methods=["GET", "POST"])
def orders():
    return session.add(Order(1))
@router.delete("/orders/{id}")
async def remove(id: int, orders: Orders) -> Order:
    table = "orders"
    session.execute(f"delete from {table} where id = 1")
    session.execute("update orders " + "set total = " + str(1))
`,
    'app/repository.py': `
class Orders:
    def find(self):
        return session.query(Order).all()
`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'app.models.Customer is customers',
      'app.models.Order is orders',
      'app.repository.Orders reads orders',
      'app/api.py writes orders',
      'orders -> customers',
      'http GET /orders by app/api.py orders',
      'http POST /orders by app/api.py orders',
      'http DELETE /orders/{id} by app/api.py remove',
    ]),
  );
  expect(graph.calls).toContainEqual({
    from: 'app.api.Api',
    fromMember: 'all',
    to: 'app.repository.Orders',
    toMember: 'find',
  });
});

test('SQLAlchemy: tables as values, keys of columns, models of Flask, links, and what a session is asked', async () => {
  const graph = await graphOf(language, {
    'app/tables.py': `
orders_table = Table("orders", metadata, Column("id", Integer), Column("guest_id", ForeignKey("guests.id", ondelete="CASCADE")))
order_tags = Table("order_tags", Base.metadata, Column("order_id", ForeignKey("orders.id")), Column("tag_id", ForeignKey("tags.id")))
`,
    'app/models.py': `
class Guest(Base):
    __tablename__ = "guests"
    home_id = mapped_column(ForeignKey("countries.id"))
    tags = relationship("Tag", secondary="guest_tags")
class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
class RoomPrice(db.Model):
    tag_id = db.Column(db.Integer, db.ForeignKey("tag.id"))
`,
    'app/desk.py': `
from .tables import orders_table
from .models import Guest, Tag
class Desk:
    def find(self):
        return self.session.scalars(select(Guest).where(Guest.id == 1)).one()
    def drop(self):
        self.session.execute(orders_table.delete())
    def tag(self):
        Tag.query.filter_by(id=1).first()
        db.session.add(Tag())
`,
  });
  expect(said(graph)).toEqual([
    'app.desk.Desk reads and writes tag',
    'app.desk.Desk reads guests',
    'app.desk.Desk writes orders',
    'app.models.Guest is guests',
    'app.models.Guest writes guest_tags',
    'app.models.RoomPrice is room_price',
    'app.models.Tag is tag',
    'guest_tags -> guests',
    'guest_tags -> tag',
    'order_tags -> orders',
    'orders -> guests',
    'room_price -> tag',
  ]);
});

test('a file with mistakes gives what can be read', () => {
  const facts = language.read('a.py', 'class A:\n  def b(self):\n    return C(\n\nclass D:\n  pass\n');
  expect(facts.syntaxErrors).toBeGreaterThan(0);
  expect(facts.units.map(({ name }) => name)).toContain('A');
});
