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

test('Rails: records by an abstract class, prefixes of modules, and one table for a class and those below it', async () => {
  const graph = await graphOf(await ruby(), {
    'engine.rb': 'module Inn\n class Engine < Rails::Engine\n  isolate_namespace Inn\n end\nend\n',
    'lib/bar.rb': "module Bar\n def self.table_name_prefix\n  'bar_'\n end\nend\n",
    'base.rb': 'class Inn::Base < ActiveRecord::Base\n self.abstract_class = true\nend\n',
    'guest.rb': 'module Inn\n class Guest < Inn::Base\n  has_many :stays\n end\nend\n',
    'regular.rb': 'module Inn\n class Regular < Guest\n end\nend\n',
    'stay.rb': "module Inn\n class Stay < Base\n  belongs_to :guest, class_name: 'Inn::Guest'\n end\nend\n",
    'drink.rb': 'module Bar\n class Drink < ApplicationRecord\n end\nend\n',
    'other.rb': 'class Other < Thor::Base\nend\n',
    'guest_other.rb': 'module Bar\n class Guest\n end\nend\n',
    'desk.rb':
      'module Inn\n module Web\n  class Desk\n   def open\n    Inn::Guest.create!\n    Stay.all\n   end\n  end\n end\nend\n',
  });
  expect(said(graph)).toEqual(
    inOrder([
      'Bar.Drink is bar_drinks',
      'Inn.Guest is inn_guests',
      'Inn.Regular is inn_guests',
      'Inn.Stay is inn_stays',
      'Inn.Web.Desk writes inn_guests',
      'Inn.Web.Desk reads inn_stays',
      'inn_stays -> inn_guests',
    ]),
  );
});
