import { expect, test } from 'vitest';
import { graphOf, inOrder, said, tied } from '../testing/graph-of.ts';
import { go } from './go.ts';

test('Go: structs with their methods, GORM, statements, routes and transactions', async () => {
  const graph = await graphOf(await go(), {
    'orders/order.go': `package orders
import "example.com/shop/customers"
type Order struct {
  gorm.Model
  Customer *customers.Customer
  Lines []Line
}
type Line struct {
  ID int \`gorm:"primaryKey"\`
}
func (Line) TableName() string { return "order_lines" }
`,
    'customers/customer.go': `package customers
type Customer struct {
  ID int \`gorm:"primaryKey" json:"id"\`
}
func Find(id int) *Customer { return nil }
`,
    'orders/service.go': `package orders
import (
  "database/sql"
  people "example.com/shop/customers"
)
const insert = "insert into orders (id) values ($1)"
type Service struct { db *sql.DB }
func (s *Service) Place(ctx context.Context, o Order) error {
  tx, err := s.db.BeginTx(ctx, nil)
  tx.Exec(\`update stock set count = count - 1
    where item = $1\`, o.ID)
  people.Find(1)
  return s.audit(Line{ID: 1})
}
func (s *Service) audit(l Line) error { return nil }
`,
    'main.go': `package main
import "example.com/shop/orders"
func main() {
  s := &orders.Service{}
  r.GET("/orders/:id", s.Show)
  http.HandleFunc("POST /orders", place)
}
`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'customers.Customer is customers',
      'orders.Line is order_lines',
      'orders.Order is orders',
      'orders.Service writes order_lines',
      'orders.Service writes stock',
      'orders/service.go writes orders',
      'order_lines -> orders',
      'orders -> customers',
      'http GET /orders/:id by main.go main',
      'http POST /orders by main.go main',
      'job main.go by main.go main',
      'transaction in orders.Service Place',
    ]),
  );
  expect(tied(graph)).toEqual(
    expect.arrayContaining(['main.go -> orders.Service', 'orders.Service -> customers/customer.go']),
  );
});
