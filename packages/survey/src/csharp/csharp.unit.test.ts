import { expect, test } from 'vitest';
import { graphOf, inOrder, said, tied } from '../testing/graph-of.ts';
import { csharp } from './csharp.ts';

test('ASP.NET and Entity Framework: sets, relations, routes, services and transactions', async () => {
  const graph = await graphOf(await csharp(), {
    'Data/ShopContext.cs': `
namespace Shop.Data;
public class ShopContext : DbContext {
  public DbSet<Order> Orders { get; set; }
  public DbSet<Customer> Customers => Set<Customer>();
}`,
    'Orders/Order.cs': `
namespace Shop.Orders;
public class Order {
  public int Id { get; set; }
  public Customer Customer { get; set; }
  public ICollection<OrderLine> Lines { get; } = new List<OrderLine>();
}
[Table("lines")]
public record OrderLine(int Id);`,
    'Customers/Customer.cs': 'namespace Shop.Customers { public class Customer { public string Name; } }',
    'Orders/OrdersController.cs': `
using Shop.Data;
namespace Shop.Orders;
[ApiController]
[Route("api/[controller]")]
public class OrdersController : ControllerBase {
  private readonly ShopContext _db;
  private readonly IMailer _mailer;
  public OrdersController(ShopContext db, IMailer mailer) { _db = db; _mailer = mailer; }
  [HttpGet("{id}", Name = "order")]
  public async Task<ActionResult<Order>> Get(int id) => await _db.Orders.Where(x => x.Id == id).FirstAsync();
  [HttpPost]
  public async Task Post(Order order) {
    await using var tx = await _db.Database.BeginTransactionAsync();
    _db.Orders.Add(order);
    _db.Customers.Find(1);
    await _db.Database.ExecuteSqlRawAsync($"update stock set count = count - {order.Id}" + " where item = 1");
    _mailer.Send(order);
  }
}`,
    'Orders/Mailer.cs': `
namespace Shop.Orders;
public interface IMailer { void Send(Order order); }
public class Mailer : BackgroundService, IMailer { public void Send(Order order) { new Client(); } }`,
    'Program.cs': 'var app = WebApplication.Create();\napp.MapGet("/health", () => "ok");\napp.Run();',
  });
  expect(said(graph)).toEqual(
    inOrder([
      'Shop.Customers.Customer is customers',
      'Shop.Orders.Order is orders',
      'Shop.Orders.OrderLine is lines',
      'Shop.Orders.OrdersController reads customers',
      'Shop.Orders.OrdersController reads and writes orders',
      'Shop.Orders.OrdersController writes stock',
      'lines -> orders',
      'orders -> customers',
      'http GET /health by Program.cs <top>',
      'job Mailer by Shop.Orders.Mailer ExecuteAsync',
      'http GET /api/orders/{id} by Shop.Orders.OrdersController Get',
      'http POST /api/orders by Shop.Orders.OrdersController Post',
      'transaction in Shop.Orders.OrdersController Post',
    ]),
  );
  expect(tied(graph)).toEqual(
    expect.arrayContaining([
      'Shop.Orders.Mailer -> Shop.Orders.IMailer',
      'Shop.Orders.OrdersController -> Shop.Data.ShopContext',
      'Shop.Orders.OrdersController -> Shop.Orders.IMailer',
    ]),
  );
});
