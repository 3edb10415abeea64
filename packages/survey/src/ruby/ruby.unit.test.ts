import { expect, test } from 'vitest';
import { graphOf, inOrder, said, tied } from '../testing/graph-of.ts';
import { ruby } from './ruby.ts';

test('Rails: records, relations, controllers, jobs, statements and transactions', async () => {
  const graph = await graphOf(await ruby(), {
    'app/models/customer.rb': `
class Customer < ApplicationRecord
  self.table_name = "people"
  has_many :orders, dependent: :destroy
end
`,
    'app/models/shop/order.rb': `
module Shop
  class Order < ApplicationRecord
    belongs_to :customer
    has_many :lines, class_name: "Shop::OrderLine"
    has_and_belongs_to_many :categories
    def self.open
      where("closed_at is null")
    end
  end
end
`,
    'app/models/shop/order_line.rb':
      'class Shop::OrderLine < ActiveRecord::Base\nclass Row < ApplicationRecord\nend\nend\n',
    'app/controllers/application_controller.rb':
      'class ApplicationController < ActionController::Base\nend\n',
    'app/controllers/orders_controller.rb': `
class OrdersController < ApplicationController
  before_action :load_order, only: [:show]
  def index
    @orders = Shop::Order.open.where(customer: 1)
  end
  def create
    Shop::Order.transaction do
      Customer.find(1).touch
      order = Shop::Order.new
      ReminderJob.perform_later(order.id)
      ActiveRecord::Base.connection.execute(<<~SQL)
        insert into audit (what) values ('#{order.id}')
      SQL
    end
  end
  def pay
    totals(1)
  end
  def totals(x)
    x
  end
end
`,
    'app/jobs/reminder_job.rb': `
class ReminderJob < ApplicationJob
  def perform(id)
    Shop::Order.find(id)
  end
end
`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'Customer is people',
      'OrdersController reads and writes orders',
      'OrdersController writes audit',
      'OrdersController reads and writes people',
      'ReminderJob reads orders',
      'Shop.Order writes categories_orders',
      'Shop.Order is orders',
      'Shop.OrderLine is order_lines',
      'order_lines -> orders',
      'orders -> people',
      'http GET /orders by OrdersController index',
      'http POST /orders by OrdersController create',
      'http ANY /orders/pay by OrdersController pay',
      'job ReminderJob by ReminderJob perform',
      'transaction in OrdersController create',
    ]),
  );
  expect(tied(graph)).toContain('OrdersController -> ReminderJob');
});
